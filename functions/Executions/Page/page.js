'use strict';

// Runs scripts and watches them. What comes from the server becomes text, never markup.
(() => {
  const $ = (id) => document.getElementById(id);
  const terminal = new Set(['completed', 'failed', 'timeout', 'cancelled', 'error']);
  let source = null;

  function csrfToken() {
    const cookie = document.cookie.split('; ').find((c) => c.startsWith('csrf_token='));
    return cookie ? decodeURIComponent(cookie.slice('csrf_token='.length)) : '';
  }

  async function send(path, body) {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken() },
      body: JSON.stringify(body),
    });
    if (answer.status === 401) {
      location.reload(); // the session is over: the server shows the sign-in
    }
    const text = await answer.text();
    const result = text ? JSON.parse(text) : {};
    if (!answer.ok) {
      const detail = result.detail;
      throw new Error(Array.isArray(detail) ? detail.map((problem) => problem.msg).join('; ') : detail || `The server answered ${answer.status}`);
    }
    return result;
  }

  function refuse(error) {
    $('refusal').textContent = error ? error.message : '';
    $('refusal').hidden = !error;
  }

  function show(id) {
    const section = $('execution');
    section.dataset.id = id;
    section.hidden = false;
    $('execution-link').textContent = id;
    $('execution-link').href = `/executions/${id}`;
    for (const name of ['output', 'errors', 'details']) {
      $(name).textContent = '';
    }
    setStatus('queued');
  }

  function setStatus(status) {
    $('execution').dataset.status = status;
    $('status').textContent = status;
    $('status').className = `status ${status}`;
    $('cancel').hidden = terminal.has(status);
  }

  function finish(result) {
    $('output').textContent = result.output || '';
    $('errors').textContent = result.errors || '';
    const parts = [];
    if (result.exit_code !== null) {
      parts.push(`exit code ${result.exit_code}`);
    }
    if (result.resource_usage) {
      parts.push(`${result.resource_usage.execution_time_wall_seconds.toFixed(2)} s`);
    }
    if (result.output_truncated) {
      parts.push('output truncated');
    }
    $('details').textContent = parts.join(', ');
    setStatus(result.status);
  }

  function onMessage(message) {
    switch (message.event_type) {
      case 'execution_output': {
        const pane = $(message.stream === 'stderr' ? 'errors' : 'output');
        if (!pane.textContent && message.offset > 0) {
          pane.append('\u2026\n'); // what came before this page listened comes with the result
        }
        pane.append(message.text);
        pane.scrollTop = pane.scrollHeight;
        break;
      }
      case 'result_stored':
        stop();
        finish(message.result);
        refreshHistory();
        break;
      case 'result_failed':
        stop();
        $('details').textContent = message.error || 'The result could not be stored';
        setStatus('error');
        refreshHistory();
        break;
      default:
        // The end of the script is not the end of the execution: its result decides.
        if (message.status && !terminal.has(message.status)) {
          setStatus(message.status);
        }
    }
  }

  function watch(id) {
    stop();
    source = new EventSource(`/api/v1/events/executions/${id}`);
    source.onmessage = (event) => onMessage(JSON.parse(event.data));
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) {
        stop();
        $('details').textContent = 'The connection was lost; load the page again to go on watching.';
      }
    };
  }

  function stop() {
    if (source) {
      source.close();
      source = null;
    }
  }

  async function refreshHistory() {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: 'text/html' } });
    if (!answer.ok) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const rows = page.querySelector('#history tbody');
    if (rows) {
      $('history').querySelector('tbody').replaceWith(rows);
      $('history').querySelector('nav').replaceWith(page.querySelector('#history nav'));
    }
  }

  async function run() {
    const [lang, version] = $('editor').elements.runtime.value.split(' ');
    $('run').disabled = true;
    refuse(null);
    try {
      const started = await send('/api/v1/execute', { script: $('script').value, lang, lang_version: version });
      history.pushState(null, '', `/executions/${started.execution_id}`);
      show(started.execution_id);
      watch(started.execution_id);
      refreshHistory();
    } catch (error) {
      refuse(error);
    } finally {
      $('run').disabled = false;
    }
  }

  async function cancel() {
    $('cancel').disabled = true;
    refuse(null);
    try {
      await send(`/api/v1/${$('execution').dataset.id}/cancel`, {});
      $('details').textContent = 'cancellation requested';
    } catch (error) {
      refuse(error);
    } finally {
      $('cancel').disabled = false;
    }
  }

  async function fillExample() {
    const answer = await fetch('/api/v1/example-scripts');
    const examples = answer.ok ? (await answer.json()).scripts : {};
    $('script').value = examples[$('editor').elements.runtime.value.split(' ')[0]] || '';
  }

  async function signOut() {
    stop();
    await send('/api/v1/auth/logout', {});
    location.assign('/executions');
  }

  $('editor').addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  $('script').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      $('editor').requestSubmit();
    }
  });
  $('example').addEventListener('click', fillExample);
  $('cancel').addEventListener('click', cancel);
  $('sign-out').addEventListener('click', signOut);
  addEventListener('popstate', () => location.reload());

  const section = $('execution');
  if (section.dataset.id && !terminal.has(section.dataset.status)) {
    watch(section.dataset.id);
  }
})();
