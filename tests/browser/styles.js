// What the page's style says in vain here: declarations that the browser does not
// understand, variables that nothing sets, selectors that match nothing.
(() => {
  const text = document.querySelector('style').textContent;
  const declarations = [...text.matchAll(/([-\w]+)\s*:\s*([^;{}]+)(?=[;}])/g)];
  const wrong = declarations.filter(([, name, value]) => !CSS.supports(name, value.trim()))
                    .map(([all]) => all);
  const set = new Set(declarations.map(([, name]) => name));
  const unset = [...text.matchAll(/var\((--\w+)\)/g)].map(([, name]) => name);
  const selectors = [];
  const collect = (rules) => {
    for (const rule of rules) {
      if (rule.selectorText) selectors.push(...rule.selectorText.split(/,\s*(?![^(]*\))/));
      if (rule.cssRules) collect(rule.cssRules);
    }
  };
  collect(document.styleSheets[0].cssRules);
  // What depends on the moment is of use wherever the rest of it is.
  const lasting = (selector) => selector.replace(/::?(focus-visible|target|after)/g, '') || '*';
  return {
    wrong,
    unset: unset.filter((name) => !set.has(name)),
    unused: selectors.filter((one) => !document.querySelector(lasting(one))),
  };
})();
