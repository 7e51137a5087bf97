"""A page in a headless chromium, by the DevTools protocol over a pipe.

    with Browser() as browser:
        page = browser.open("file:///tmp/page.html")
        page.evaluate("document.title")

Browser() raises NoBrowser, with the reason, where there is none. The protocol's
messages are JSON, each ended by a zero byte; https://chromedevtools.github.io/devtools-protocol/
lists its methods. Nothing that the browser writes outlives it, and it reaches no
network.
"""

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

ANSWER_SECONDS = 60

# Windows's numbers of keys, which the protocol wants beside their names.
_KEY_CODES = {"Tab": 9, "Enter": 13, " ": 32, "End": 35, "Home": 36,
              "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


class NoBrowser(Exception):
    """There is no chromium, or it does not start here."""


class Refused(Exception):
    """The browser refused a call, or a script threw."""


def _open_pipes():
    """The browser reads calls from its descriptor 3 and writes to its descriptor 4."""
    calls, our_calls = os.pipe()
    our_answers, answers = os.pipe()
    return calls, our_calls, our_answers, answers


class Browser:
    def __init__(self):
        program = shutil.which("chromium")
        if program is None:
            raise NoBrowser("chromium is not installed; "
                            "tools/setup.sh --packages-only --with-browser installs it")
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        calls, self._calls, self._answers, answers = _open_pipes()

        def place_pipes():
            # Either may lie where the other has to go.
            high = [os.dup2(end, 100 + end) for end in (calls, answers)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        command = [program, "--headless", "--remote-debugging-pipe", "--disable-gpu",
                   "--disable-crash-reporter", "--disable-breakpad", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
                   "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en",
                   f"--user-data-dir={self._home.name}/profile", "about:blank"]
        # Its sandbox does not start as root.
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        with open(f"{self._home.name}/stderr", "wb") as stderr:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                env={**os.environ, "HOME": self._home.name}, close_fds=False,
                preexec_fn=place_pipes, start_new_session=True)
        os.close(calls)
        os.close(answers)
        self._ids = itertools.count(1)
        self._read = b""
        self._queues = {}
        try:
            self.version = self.call("Browser.getVersion")["product"]
        except (BrokenPipeError, EOFError, TimeoutError) as error:
            with open(f"{self._home.name}/stderr", errors="replace") as stderr:
                said = stderr.read().strip().splitlines()[-1:] or [repr(error)]
            self.close()
            raise NoBrowser(f"chromium does not start here: {said[0]}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for end in (self._calls, self._answers):
            os.close(end)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._home.cleanup()

    def call(self, method, session=None, **parameters):
        """The call's result. Events that come meanwhile are kept for their page."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self._calls, text):]
        while True:
            answer = self._next(ANSWER_SECONDS)
            if answer is None:
                raise TimeoutError(f"no answer to {method}")
            if answer.get("id") == number:
                if "error" in answer:
                    raise Refused(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _next(self, seconds):
        """The next message, or None; an event is queued, too."""
        end = time.monotonic() + seconds
        while b"\0" not in self._read:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                return None
            more = os.read(self._answers, 1 << 20)
            if not more:
                raise EOFError("the browser has ended")
            self._read += more
        text, _, self._read = self._read.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self._queues.setdefault(message.get("sessionId"), []).append(message)
        return message

    def events(self, session):
        return self._queues.setdefault(session, [])

    def wait_for(self, session, method):
        """The parameters of the page's next event of that name."""
        queue = self.events(session)
        seen = 0
        end = time.monotonic() + ANSWER_SECONDS
        while True:
            for event in queue[seen:]:
                if event["method"] == method:
                    return event["params"]
            seen = len(queue)
            if time.monotonic() > end or self._next(end - time.monotonic()) is None:
                raise TimeoutError(f"no {method}")

    def open(self, url, **settings):
        """A new page that has loaded. `settings` are those of Page.set()."""
        page = Page(self)
        page.set(**settings)
        page.go(url)
        return page


class Page:
    def __init__(self, browser):
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=self._target,
                                     flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)

    def set(self, width=1280, height=900, dark=False, script=True, media="screen"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not script)

    def go(self, url):
        self._browser.events(self._session).clear()
        self.call("Page.navigate", url=url)
        self._browser.wait_for(self._session, "Page.loadEventFired")

    def evaluate(self, script):
        """The value of an expression, awaited if it is a promise. As if by a user's hand."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True, userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Refused(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def messages(self):
        """What the console was told, and what was thrown, since the page was opened."""
        told = []
        for event in self._browser.events(self._session):
            params = event["params"]
            if event["method"] == "Runtime.consoleAPICalled":
                told.append(" ".join(str(one.get("value")) for one in params["args"]))
            elif event["method"] == "Log.entryAdded":
                told.append(params["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                told.append(params["exceptionDetails"]["text"])
        return told

    def requested(self):
        """The addresses that the page asked for since it was opened, its own among them."""
        return [event["params"]["request"]["url"]
                for event in self._browser.events(self._session)
                if event["method"] == "Network.requestWillBeSent"]

    def press(self, key):
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key,
                      windowsVirtualKeyCode=_KEY_CODES[key], text=text if kind == "keyDown" else "")

    def click(self, selector):
        """A click of the mouse in the middle of the first element of that selector."""
        x, y = self.evaluate(f"""(() => {{
            const one = document.querySelector({json.dumps(selector)});
            one.scrollIntoView({{ block: "center" }});
            const box = one.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2];
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                      clickCount=1)

    def accessible(self):
        """The nodes that a screen reader is given: (role, name, properties)."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", ""),
                 {one["name"]: one["value"].get("value") for one in node.get("properties", [])})
                for node in nodes if not node.get("ignored")]

    def picture(self, whole=False, clip=None):
        """A PNG of what is seen, of the whole page, or of a selector's element."""
        more = {"captureBeyondViewport": whole}
        if clip:
            box = self.evaluate(f"""(() => {{
                const box = document.querySelector({json.dumps(clip)}).getBoundingClientRect();
                return [box.left + scrollX, box.top + scrollY, box.width, box.height];
            }})()""")
            more = {"captureBeyondViewport": True,
                    "clip": {**dict(zip(("x", "y", "width", "height"), box)), "scale": 1}}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", **more)["data"])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF")["data"])
