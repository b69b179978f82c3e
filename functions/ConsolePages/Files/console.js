'use strict';

// What the pages do: post to the API with the session's cookie and its CSRF token. What comes from the server becomes text, never markup.
(() => {
  const $ = (id) => document.getElementById(id);
  const project = document.body.dataset.project;

  function csrfToken() {
    const cookie = document.cookie.split('; ').find((c) => c.startsWith('csrf_token='));
    return cookie ? decodeURIComponent(cookie.slice('csrf_token='.length)) : '';
  }

  function place() {
    return project ? { 'X-Project-Id': project } : {};
  }

  async function send(path, body, method = 'POST') {
    const headers = { ...place(), 'X-CSRF-Token': csrfToken() };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (answer.status === 401) {
      location.reload(); // the session is over: the server shows the sign-in
    }
    const text = await answer.text();
    return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : {} };
  }

  function messageOf(answer) {
    const { error, detail, details } = answer.body;
    const parts = [error || detail || `The server answered ${answer.status}`];
    if (Array.isArray(details)) {
      parts.push(...details.map((one) => one.message || one.hint || '').filter(Boolean));
    } else if (details && details.missing) {
      parts.push(`the permission ${details.missing} is missing`);
    }
    return parts.join(': ');
  }

  function refuse(message) {
    $('refusal').textContent = message;
    $('refusal').hidden = !message;
  }

  async function guarded(button, action) {
    button.disabled = true;
    refuse('');
    try {
      await action();
    } catch (error) {
      refuse(error.message);
    } finally {
      button.disabled = false;
    }
  }

  // A button that does one thing, after which the page is read again.
  async function post(button) {
    const answer = await send(button.dataset.post, button.dataset.body ? JSON.parse(button.dataset.body) : undefined, button.dataset.method);
    if (!answer.ok) {
      refuse(messageOf(answer));
    } else if (button.dataset.go) {
      location.assign(button.dataset.go + answer.body.data.id); // to what was made
    } else {
      location.reload();
    }
  }

  function element(name, text) {
    const made = document.createElement(name);
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function cellText(value) {
    if (value === null || value === undefined) {
      return 'NULL';
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  function tableOf(caption, heads, rows) {
    const table = element('table');
    table.append(element('caption', caption));
    const head = table.createTHead().insertRow();
    for (const name of heads) {
      const cell = element('th', name);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = table.createTBody();
    for (const values of rows) {
      const row = body.insertRow();
      for (const value of values) {
        row.insertCell().textContent = cellText(value);
      }
    }
    return table;
  }

  async function runQuery(form) {
    const box = $('query-result');
    $('query-status').textContent = 'running';
    box.hidden = true;
    const answer = await send(form.dataset.path, { sql: form.elements.sql.value, readOnly: !form.elements.writes.checked, rowFormat: 'arrays' });
    if (!answer.ok) {
      $('query-status').textContent = messageOf(answer);
      return;
    }
    const data = answer.body.data;
    const changed = data.affectedRows === null ? '' : `, ${data.affectedRows} changed`;
    $('query-status').textContent = `${data.command}: ${data.rowCount} rows${changed}${data.truncated ? ', cut off' : ''} in ${data.durationMs} ms`;
    if (data.columns.length > 0) {
      box.replaceChildren(tableOf('Result', data.columns.map((column) => column.name), data.rows));
      box.hidden = false;
    }
  }

  async function runTest(form) {
    $('test-status').textContent = 'running';
    $('test-answer').hidden = true;
    let payload;
    try {
      payload = JSON.parse(form.elements.payload.value || 'null');
    } catch (error) {
      $('test-status').textContent = `The payload is no JSON: ${error.message}`;
      return;
    }
    const answer = await send(form.dataset.path, { payload, version: Number(form.elements.version.value) });
    if (!answer.ok) {
      $('test-status').textContent = messageOf(answer);
      return;
    }
    const data = answer.body.data;
    const start = data.initDurationMs === null ? '' : `, ${data.initDurationMs} ms to start`;
    $('test-status').textContent = `${data.status} in ${data.durationMs} ms${start}, ${data.memoryUsedMb} MiB`;
    $('test-result').textContent = data.error ? `${data.error.type}: ${data.error.message}\n${data.error.stack || ''}` : JSON.stringify(data.result, null, 2);
    $('test-log').textContent = data.logs.map((line) => line.message).join('\n');
    $('test-answer').hidden = false;
  }

  // The log of a build that runs: what comes after the page's lines, until the build is over. Then the page is read again, with all that came of it.
  async function followLog(pane) {
    let after = Number(pane.dataset.after);
    let step = null;
    for (;;) {
      const answer = await fetch(`${pane.dataset.log}?after=${after}&limit=1000&wait=20`, { headers: place() });
      if (!answer.ok) {
        refuse(`The log cannot be followed any more: the server answered ${answer.status}`);
        return;
      }
      const page = await answer.json();
      const atEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 40;
      for (const line of page.data) {
        const shown = element('span', `${line.message.replace(/\u001b\[[0-9;]*m/g, '')}\n`);
        shown.className = `${line.stream} ${line.level}`;
        pane.append(shown);
      }
      while (pane.childElementCount > 5000) {
        pane.firstElementChild.remove(); // the newest are of interest
      }
      if (atEnd) {
        pane.scrollTop = pane.scrollHeight;
      }
      after = page.nextAfter;
      if (page.complete) {
        location.reload();
        return;
      }
      const last = page.data.length > 0 ? page.data[page.data.length - 1].stepId : step;
      if (last !== step) {
        step = last;
        await refresh();
      }
    }
  }

  // Reads the page again and takes over the parts that change while something runs.
  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (!answer.ok) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) {
      const fresh = page.getElementById(part.id);
      if (fresh) {
        part.replaceChildren(...fresh.childNodes);
      }
    }
  }

  // A file of another project than the session's own is there only for a request that names the project.
  async function download(link) {
    const answer = await fetch(link.href, { headers: place() });
    if (!answer.ok) {
      refuse(`The server answered ${answer.status}`);
      return;
    }
    const made = element('a');
    made.href = URL.createObjectURL(await answer.blob());
    made.download = link.textContent.split('/').pop();
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 60000);
  }

  function onSubmit(form, run) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      guarded(form.querySelector('button[type=submit]'), () => run(form));
    });
    for (const area of form.querySelectorAll('textarea')) {
      area.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          form.requestSubmit();
        }
      });
    }
  }

  for (const button of document.querySelectorAll('button[data-post]')) {
    button.addEventListener('click', () => guarded(button, () => post(button)));
  }
  if ($('query')) {
    onSubmit($('query'), runQuery);
  }
  if ($('test')) {
    onSubmit($('test'), runTest);
  }
  const log = $('log');
  if (log) {
    log.scrollTop = log.scrollHeight;
    if (log.dataset.log) {
      followLog(log).catch(() => refuse('The connection was lost; load the page again to go on watching.'));
    }
  }
  for (const link of document.querySelectorAll('a[data-download]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      download(link).catch((error) => refuse(error.message));
    });
  }
  $('sign-out').addEventListener('click', () => guarded($('sign-out'), async () => {
    await send('/api/v1/auth/logout', {});
    location.assign('/console');
  }));
})();
