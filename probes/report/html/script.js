/*<![CDATA[*/
// What the page can do beyond what it says without this: filters, a CPU's own
// values, and a ticket's text in the clipboard.
'use strict';

function holds(list, cpu) {
  return list.split(',').some((part) => {
    const ends = part.split('-').map(Number);
    return part !== '' && cpu >= ends[0] && cpu <= ends[ends.length - 1];
  });
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function explainCpu(machine, cell) {
  const detail = machine.querySelector('.detail');
  const cpu = Number(cell.dataset.c);
  const ofCpu = (selector) => [...machine.querySelectorAll(selector)].filter(
      (one) => holds(one.dataset.cpus, cpu));
  machine.querySelectorAll('.chosen').forEach((other) => other.classList.remove('chosen'));
  cell.classList.add('chosen');
  detail.replaceChildren(element('h3', cell.title));
  for (const finding of ofCpu('.finding.fail, .finding.warn, .finding.indeterminate')) {
    const link = element(
        'a',
        finding.querySelector('h3 .badge').textContent + ' ' +
            finding.querySelector('h3 a').textContent);
    link.href = '#' + finding.id;
    const line = element('p', '');
    line.append(link, ' ', finding.querySelector('p').textContent);
    detail.append(line);
  }
  const table = element('table', '');
  for (const reading of ofCpu('.register tr[data-cpus]')) {
    const register = reading.closest('.register');
    const names = [...register.querySelectorAll('thead th')].slice(2);
    const fields = [...reading.querySelectorAll('td')].slice(1);
    const row = element('tr', '');
    row.append(
        element('th', register.querySelector('strong').textContent),
        element('td', reading.querySelector('code').textContent));
    const differing = element('td', '');
    fields.forEach((field, i) => {
      if (field.classList.contains('differs-here')) {
        differing.append(
            element('mark', names[i].lastChild.textContent.trim() + ' ' + field.textContent), ' ');
      }
    });
    row.append(differing);
    table.append(row);
  }
  detail.append(table);
  detail.hidden = false;
}

function makeMapUsable(machine) {
  const map = machine.querySelector('.map');
  const cells = [...machine.querySelectorAll('.map .c')];
  if (cells.length === 0) return;
  let current = cells.find((cell) => !cell.classList.contains('ok')) || cells[0];
  cells.forEach((cell) => {
    cell.tabIndex = -1;
    cell.setAttribute('role', 'button');
    cell.setAttribute('aria-label', cell.title);
  });
  current.tabIndex = 0;
  const go = (cell) => {
    if (!cell) return;
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
    current.focus();
  };
  map.addEventListener('click', (event) => {
    const cell = event.target.closest('.c');
    if (!cell) return;
    go(cell);
    explainCpu(machine, cell);
  });
  map.addEventListener('keydown', (event) => {
    const at = cells.indexOf(current);
    const places = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: cells.length - 1};
    if (event.key in places) {
      go(cells[places[event.key]]);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const odd = (cell) => !cell.classList.contains('ok');
      go(event.key === 'ArrowDown' ? cells.slice(at + 1).find(odd) :
                                     cells.slice(0, at).reverse().find(odd));
    } else if (event.key === 'Enter' || event.key === ' ') {
      explainCpu(machine, current);
    } else {
      return;
    }
    event.preventDefault();
  });
}

async function copyTicket(machine) {
  const ticket = machine.querySelector('.ticket');
  const said = machine.querySelector('.copied');
  try {
    await navigator.clipboard.writeText(ticket.value);
    said.textContent = 'Copied.';
  } catch (refused) {
    ticket.select();
    said.textContent = document.execCommand('copy') ? 'Copied.' : 'Selected: press Ctrl+C.';
  }
}

document.querySelectorAll('.machine').forEach((machine) => {
  makeMapUsable(machine);
  machine.querySelectorAll('.filters, .copy').forEach((one) => {
    one.hidden = false;
  });
  const filter = (box, name) => {
    const input = machine.querySelector(box);
    if (input)
      input.addEventListener('change', () => machine.classList.toggle(name, input.checked));
  };
  filter('.only-fails', 'fails-only');
  filter('.only-differs', 'differs-only');
  machine.querySelector('.copy').addEventListener('click', () => copyTicket(machine));
});
// A column's cells as people order them: numbers by their size.
function sortBy(table, head) {
  const at = [...head.parentNode.children].indexOf(head);
  const order = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
  const text = (row) => row.children[at].textContent;
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => order * text(a).localeCompare(text(b), 'en', {numeric: true}));
  table.tBodies[0].append(...rows);
  table.querySelectorAll('thead th').forEach((one) => one.setAttribute('aria-sort', 'none'));
  head.setAttribute('aria-sort', order === 1 ? 'ascending' : 'descending');
}

document.querySelectorAll('.sortable').forEach((table) => {
  table.querySelectorAll('thead th').forEach((head) => {
    head.setAttribute('aria-sort', 'none');
    head.tabIndex = 0;
    head.addEventListener('click', () => sortBy(table, head));
    head.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      sortBy(table, head);
      event.preventDefault();
    });
  });
});

const rowFilter = document.querySelector('.only-rows');
if (rowFilter) {
  rowFilter.closest('.filters').hidden = false;
  rowFilter.addEventListener('input', () => {
    const wanted = rowFilter.value.toLowerCase();
    const rows = [...document.querySelectorAll('.sortable tbody tr, .fleet-machine')];
    rows.forEach((row) => {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    const shown = rows.filter((row) => !row.hidden).length;
    document.querySelector('.shown').textContent =
        wanted === '' ? '' : `${shown} of ${rows.length}`;
  });
}

// A name leads to what is said of that machine, which is folded.
addEventListener('hashchange', () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.classList.contains('fleet-machine')) target.open = true;
});

addEventListener('beforeprint', () => {
  document.querySelectorAll('.register.differs, .finding.fail details').forEach((one) => {
    one.open = true;
  });
});
/*]]>*/
