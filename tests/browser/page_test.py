#!/usr/bin/env python3
"""Pages as people meet them: in a browser, by mouse and by keys, dark and on paper.

    page_test.py VTPROBE [TEST...]

Exits with 77, which the test's list takes for "skipped", where there is no browser.
Prints how long a page of 1,024 CPUs takes until it answers a click.
"""

import base64
import pathlib
import subprocess
import sys
import tempfile
import unittest

import machines
from devtools import Browser, NoBrowser

SKIPPED = 77
CONTRAST = pathlib.Path(__file__).with_name("contrast.js").read_text()
STYLES = pathlib.Path(__file__).with_name("styles.js").read_text()

# What others may have written into a recording. U+202E turns the direction of what
# follows; chromium would ask for the picture.
HOSTILE = ("<script>console.log('ran')</script><img src='http://192.0.2.1/x' "
           "onerror='console.log(1)'>\"'&amp;</style></title>\u202egnitirw" + "x" * 10_000)

KEPT = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(KEPT.name)


class Pages:
    """Written once each, by the command."""

    def __init__(self, vtprobe):
        self._vtprobe = vtprobe
        self._recordings = {
            "one": machines.server(1, 1, forgotten=0),
            "64": machines.server(64, 2, forgotten=17),
            "1024": machines.server(1024, 4, forgotten=617),
            "good": machines.server(8, 1),
            "before": machines.server(64, 2, about={"firmware.version": "2.0"}),
            "hostile": machines.server(4, 1, forgotten=1, about={
                "board": HOSTILE, "firmware.version": HOSTILE, "lab": HOSTILE}),
        }

    def recording(self, name):
        file = FOLDER / f"{name}.dump"
        file.write_text(self._recordings[name], encoding="utf-8")
        return str(file)

    def written(self, name, *arguments):
        file = FOLDER / f"{name}.html"
        if not file.exists():
            done = subprocess.run([self._vtprobe, *arguments, "--format", "html", "-o", str(file)],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False)
            assert done.returncode in (0, 1, 2, 3), done.stderr
        return file.as_uri()

    def of(self, name):
        if name == "several":
            files = [self.recording(one) for one in ("64", "good", "hostile")]
            return self.written(name, "check", *files)
        if name == "sequence":
            return self.written(name, "check", "--replay", self.recording("before"),
                                "--replay", self.recording("64"))
        if name == "difference":
            return self.written(name, "diff", self.recording("before"), self.recording("64"))
        if name == "fleet":
            files = [self.recording(one) for one in ("64", "before", "good", "hostile", "one")]
            # A rule fails on more than a cell shows unfolded.
            for number in range(8):
                copy = FOLDER / f"like-{number}.dump"
                copy.write_text(self._recordings["one"], encoding="utf-8")
                files.append(str(copy))
            return self.written(name, "fleet", "report", *files)
        if name == "profiled":
            return self.written(name, "check", "--profile", "hardened", self.recording("64"))
        return self.written(name, "check", "--replay", self.recording(name))

    NAMES = ("one", "64", "1024", "good", "hostile", "several", "profiled", "sequence",
             "difference", "fleet")


def visible(selector):
    """Script that gives how many elements of that are seen."""
    return (f"[...document.querySelectorAll({selector!r})]"
            ".filter((one) => one.checkVisibility()).length")


class PageTest(unittest.TestCase):
    browser = None
    pages = None

    def open(self, name, **settings):
        page = self.browser.open(self.pages.of(name), **settings)
        self.addCleanup(page.close)
        return page

    def test_says_nothing_to_the_console_and_asks_the_network_for_nothing(self):
        for name in Pages.NAMES:
            with self.subTest(name):
                page = self.open(name)
                page.evaluate("document.querySelectorAll('.c').forEach((one) => one.click())"
                              if name != "1024" else "0")
                self.assertEqual(page.messages(), [])
                self.assertEqual([url for url in page.requested()
                                  if not url.startswith("data:")], [self.pages.of(name)])

    def test_shows_what_others_wrote_as_text(self):
        page = self.open("hostile")
        board = page.evaluate("[...document.querySelectorAll('dt')]"
                              ".find((one) => one.textContent === 'board')"
                              ".nextElementSibling.textContent")
        self.assertEqual(board, HOSTILE.replace("\u202e", "<U+202E>"))
        self.assertEqual(page.evaluate("document.querySelectorAll('script').length"), 1)
        self.assertEqual(page.evaluate("document.images.length"), 0)

    def test_a_click_on_a_cpu_shows_what_is_wrong_with_it(self):
        page = self.open("1024")
        self.assertEqual(page.evaluate(visible(".detail")), 0)
        page.click(".map .c.bad")
        told = page.evaluate("document.querySelector('.detail').innerText")
        self.assertIn("CPU 617: disabled_locked", told)
        # [intel/sdm-vol4] table 2-2: bit 2 of IA32_FEATURE_CONTROL.
        self.assertIn("VMX_OUTSIDE_SMX 0", told)
        self.assertIn("virtualization.usable", told)
        marked = page.evaluate("[...document.querySelectorAll('.detail mark')]"
                               ".map((one) => one.textContent)")
        self.assertIn("VMX_OUTSIDE_SMX 0", marked)

    def test_keys_reach_the_cpu_that_stands_out(self):
        page = self.open("64")
        focused = "document.activeElement.getAttribute('aria-label') || document.activeElement.className"
        # The map is one stop of the Tab key: at the first CPU that is not as it should be.
        for _ in range(10):
            page.press("Tab")
            if page.evaluate("document.activeElement.matches('.map .c')"):
                break
        self.assertIn("CPU 17", page.evaluate(focused))
        self.assertNotEqual(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"),
                            "none")
        for key, cpu in (("ArrowRight", "CPU 18"), ("ArrowLeft", "CPU 17"), ("Home", "CPU 0"),
                         ("End", "CPU 63"), ("ArrowUp", "CPU 17"), ("Home", "CPU 0"),
                         ("ArrowDown", "CPU 17")):
            page.press(key)
            self.assertRegex(page.evaluate(focused), f"^{cpu}\\b", key)
        page.press("Enter")
        self.assertIn("CPU 17", page.evaluate("document.querySelector('.detail').innerText"))
        page.press("Tab")
        self.assertFalse(page.evaluate("document.activeElement.matches('.map .c')"))

    def test_filters_leave_what_fails_and_what_differs(self):
        page = self.open("64")
        self.assertGreater(page.evaluate(visible(".findings .rest")), 0)
        page.click(".only-fails")
        self.assertEqual(page.evaluate(visible(".findings .rest, .finding:not(.fail)")), 0)
        self.assertGreater(page.evaluate(visible(".finding.fail")), 0)
        page.evaluate("document.querySelector('.registers .rest').open = true")
        self.assertGreater(page.evaluate(visible(".register:not(.differs)")), 0)
        page.click(".only-differs")
        self.assertEqual(page.evaluate(visible(".register:not(.differs)")), 0)
        self.assertIn("IA32_FEATURE_CONTROL", page.evaluate(
            "document.querySelector('.register.differs strong').textContent"))
        page.click(".only-differs")
        self.assertGreater(page.evaluate(visible(".register:not(.differs)")), 0)

    def test_style_says_nothing_in_vain(self):
        unused = None
        for name in Pages.NAMES:
            page = self.open(name)
            page.evaluate("document.querySelectorAll('input').forEach((one) => one.click())")
            page.evaluate("document.querySelector('.c')?.click()")
            told = page.evaluate(STYLES)
            self.assertEqual(told["wrong"], [])
            self.assertEqual(told["unset"], [])
            unused = set(told["unused"]) if unused is None else unused & set(told["unused"])
        self.assertEqual(unused, set())

    RULES = "[aria-label='Rules that fail']"

    def cells(self, page, column):
        return page.evaluate(f"[...document.querySelectorAll(\"{self.RULES} tbody tr\")]"
                             ".filter((one) => one.checkVisibility())"
                             f".map((one) => one.cells[{column}].innerText)")

    def test_sorts_a_table_of_a_fleet_by_the_column_that_is_clicked(self):
        page = self.open("fleet")
        rules = self.cells(page, 0)
        self.assertIn("virtualization.usable", rules)
        page.click(f"{self.RULES} thead th:nth-child(1)")
        self.assertEqual(self.cells(page, 0), sorted(rules))
        page.click(f"{self.RULES} thead th:nth-child(1)")
        self.assertEqual(self.cells(page, 0), sorted(rules, reverse=True))
        page.click(f"{self.RULES} thead th:nth-child(2)")
        machines = [int(count) for count in self.cells(page, 1)]
        self.assertEqual(machines, sorted(machines))
        self.assertEqual(page.evaluate(
            f"document.querySelector(\"{self.RULES} th:nth-child(2)\").ariaSort"), "ascending")

    def test_leaves_the_rows_of_a_fleet_that_hold_a_text(self):
        page = self.open("fleet")
        page.evaluate("document.querySelector('.only-rows').value = 'VIRTUALIZATION.USABLE'")
        page.evaluate("document.querySelector('.only-rows').dispatchEvent(new Event('input'))")
        self.assertEqual(self.cells(page, 0), ["virtualization.usable"])

    def test_leads_from_a_machine_of_a_fleet_to_what_is_said_of_it(self):
        page = self.open("fleet")
        unfolded = "document.querySelectorAll('.fleet-machine[open]').length"
        self.assertEqual(page.evaluate(unfolded), 0)
        page.click(f"{self.RULES} tbody a")
        # The browser tells of the new address in a task of its own.
        page.evaluate("new Promise((then) => setTimeout(then))")
        self.assertEqual(page.evaluate(unfolded), 1)

    def test_shows_two_builds_side_by_side(self):
        page = self.open("difference")
        first = page.evaluate("document.querySelector('h2').innerText")
        self.assertEqual(first, "Worse")
        boxes = page.evaluate("[...document.querySelectorAll('.finding:first-of-type .sides section')]"
                              ".slice(0, 2).map((one) => one.getBoundingClientRect().toJSON())")
        self.assertEqual(boxes[0]["top"], boxes[1]["top"])
        self.assertGreaterEqual(boxes[1]["left"], boxes[0]["right"])
        # [intel/sdm-vol4] table 2-2: 0x16ff07 to 0x1 are bits 20, 18, 17, 15 to 8, 2 and 1.
        self.assertEqual(page.evaluate("[...document.querySelectorAll('.ruler mark')]"
                                       ".map((one) => one.textContent).join('')"),
                         "1" * 13 + "0" * 13)

    def test_shows_recordings_of_one_machine_as_columns(self):
        page = self.open("sequence")
        heads = page.evaluate("[...document.querySelectorAll('.stages thead th')]"
                              ".map((one) => one.innerText.split('/').pop())")
        self.assertEqual(heads, ["before.dump", "64.dump"])
        self.assertIn("VMX_OUTSIDE_SMX 1 \u2192 0",
                      page.evaluate("[...document.querySelectorAll('.stages mark')]"
                                    ".map((one) => one.innerText)"))

    def test_a_link_to_a_rule_that_is_folded_away_shows_it(self):
        page = self.open("good")
        rule = page.evaluate("document.querySelector('.rest .finding').id")
        page.evaluate(f"location.hash = {rule!r}")
        self.assertEqual(page.evaluate(visible(f".finding:target")), 1)

    def test_copies_the_text_for_a_ticket(self):
        page = self.open("64")
        self.browser.call("Browser.grantPermissions",
                          permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        page.click(".copy")
        self.assertEqual(page.evaluate("new Promise((done) => setTimeout(() => "
                                       "done(document.querySelector('.copied').textContent), 100))"),
                         "Copied.")
        ticket = page.evaluate("navigator.clipboard.readText()")
        self.assertEqual(ticket, page.evaluate("document.querySelector('.ticket').value"))
        self.assertIn("CPU 17", ticket)

    def test_holds_the_recording(self):
        page = self.open("64")
        link = page.evaluate("document.querySelector('a.download').href")
        dump = base64.b64decode(link.partition("base64,")[2]).decode()
        self.assertTrue(dump.startswith("vtprobe-dump 1 "), dump[:40])

    def test_says_all_without_its_script(self):
        page = self.open("64", script=False)
        text = page.evaluate("document.body.innerText")
        for told in ("CPU 17", "disabled_locked", "IA32_FEATURE_CONTROL", "VMX_OUTSIDE_SMX",
                     "What to do"):
            self.assertIn(told, text)
        # What would do nothing is not there.
        self.assertEqual(page.evaluate(visible("button, input")), 0)

    def test_is_no_wider_than_a_telephone(self):
        for name in Pages.NAMES:
            with self.subTest(name):
                page = self.open(name, width=360)
                self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)

    def test_texts_stand_off_from_what_is_behind_them(self):
        for name in Pages.NAMES[1:]:
            for look in ({}, {"dark": True}, {"media": "print"}, {"media": "print", "dark": True}):
                with self.subTest(name, **look):
                    page = self.open(name, **look)
                    page.evaluate("document.querySelectorAll('details')"
                                  ".forEach((one) => { one.open = true; })")
                    page.evaluate("document.querySelector('.c.bad')?.click()")
                    self.assertEqual(page.evaluate(CONTRAST), [])

    def test_on_paper_has_no_control_and_ink_on_white(self):
        page = self.open("64", media="print", dark=True)
        self.assertEqual(page.evaluate(visible("button, input, .filters, .copy")), 0)
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"),
                         "rgb(255, 255, 255)")
        self.assertTrue(page.pdf().startswith(b"%PDF-"))

    def test_tells_a_screen_reader_what_each_thing_is(self):
        for name in Pages.NAMES:
            with self.subTest(name):
                page = self.open(name)
                nodes = page.accessible()
                roles = [role for role, _, _ in nodes]
                self.assertEqual(roles.count("main"), 1)
                for role, label, properties in nodes:
                    # The page itself has its title; what can be reached has a name.
                    if properties.get("focusable"):
                        self.assertNotEqual(label, "", role)
                    if role in ("button", "link", "checkbox", "textbox", "region", "article"):
                        self.assertNotEqual(label, "", role)
                # Each machine's map; a <details> is a group without a name, too.
                maps = page.evaluate("document.querySelectorAll('.map').length")
                self.assertEqual(sum(role == "group" and "by package and core" in label
                                     for role, label, _ in nodes), maps)
                levels = [properties["level"] for role, _, properties in nodes
                          if role == "heading"]
                self.assertEqual(levels.count(1), 1)
                for above, level in zip(levels, levels[1:]):
                    self.assertLessEqual(level, above + 1, levels)

    def test_tells_a_screen_reader_which_cpu_is_wrong(self):
        nodes = self.open("64").accessible()
        labels = [label for role, label, _ in nodes if role == "button"]
        self.assertEqual(len([label for label in labels
                              if label.startswith("CPU 17: disabled_locked")]), 1, labels)

    def test_prints_how_soon_1024_cpus_answer(self):
        file = pathlib.Path(self.pages.of("1024").removeprefix("file://"))
        page = self.open("1024")
        times = page.evaluate("""new Promise((done) => setTimeout(() => {
            const shown = performance.getEntriesByType("navigation")[0];
            const paint = performance.getEntriesByName("first-contentful-paint")[0];
            done([shown.domInteractive, shown.loadEventEnd, paint ? paint.startTime : NaN]);
        }, 500))""")
        # From the click on to the picture that shows its effect.
        click = page.evaluate("""new Promise((done) => {
            const start = performance.now();
            document.querySelector(".map .c.bad").click();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        })""")
        print(f"\n1,024 CPUs, {file.stat().st_size / 1e6:.2f} MB: parsed and its script run after "
              f"{times[0]:.0f} ms, loaded {times[1]:.0f} ms, painted {times[2]:.0f} ms; "
              f"a click shown in {click:.0f} ms")
        self.assertEqual(page.evaluate(visible(".detail")), 1)


def main():
    vtprobe = sys.argv.pop(1)
    try:
        with Browser() as browser:
            print(browser.version)
            PageTest.browser, PageTest.pages = browser, Pages(vtprobe)
            unittest.main(verbosity=2, exit=True)
    except NoBrowser as reason:
        print("skipped:", reason)
        sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
