'use strict';

// What the pages do: post to the API with the session's cookie and its CSRF token. What comes from the server becomes text, never markup.
(() => {
  const $ = (id) => document.getElementById(id);
  const project = document.body.dataset.project;

  function csrfToken() {
    const cookie = document.cookie.split('; ').find((c) => c.startsWith('csrf_token='));
    return cookie ? decodeURIComponent(cookie.slice('csrf_token='.length)) : '';
  }

  async function send(path, body, method = 'POST') {
    const headers = { 'X-CSRF-Token': csrfToken() };
    if (project) {
      headers['X-Project-Id'] = project;
    }
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
    if (answer.ok) {
      location.reload();
    } else {
      refuse(messageOf(answer));
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
  $('sign-out').addEventListener('click', () => guarded($('sign-out'), async () => {
    await send('/api/v1/auth/logout', {});
    location.assign('/console');
  }));
})();
