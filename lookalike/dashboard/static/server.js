// Requests to the server. A fragment is HTML that belongs into a page; errors become messages.
export function tokenHeaders() {
  const token = document.body.dataset.csrf;
  return token ? { "X-CSRF-Token": token } : {};
}

export async function fetchFragment(url, part, signal) {
  const response = await fetch(url, { headers: { "X-Part": part }, signal });
  const html = await response.text();
  if (!response.ok) {
    throw new Error(textOf(html) || `The server answered ${response.status}.`);
  }
  return html;
}

export async function postForm(url, form) {
  return send(url, { method: "POST", body: form });
}

export async function callApi(method, url, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  return send(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

async function send(url, options) {
  const headers = { Accept: "application/json", ...tokenHeaders(), ...options.headers };
  const response = await fetch(url, { ...options, headers });
  const type = response.headers.get("Content-Type") ?? "";
  const answer = type.includes("json") ? await response.json() : null;
  if (!response.ok) {
    throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
  }
  return answer;
}

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

function textOf(html) {
  return parse(html).textContent.trim().slice(0, 300);
}
