// Talking to the server that served the page.  The token stays in this tab and goes into a header.

const KEPT = "policydsl-studio:token";
let token = "";

/** A refusal: findings as the server words them. */
export class Refusal extends Error {
  constructor(status, findings, body) {
    super(`refused: ${status}`);
    this.status = status;
    this.findings = findings;
    this.body = body;
  }
}

/** The server is not there. */
export class Gone extends Error {}

/** Take the token out of the address, so that it is not copied on or shown on a projector. */
export function takeToken() {
  const given = new URLSearchParams(location.search).get("token");
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.hash);
  }
  token = given || sessionStorage.getItem(KEPT) || "";
  return token !== "";
}

export function forgetToken() {
  sessionStorage.removeItem(KEPT);
}

async function request(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      signal,
      cache: "no-store",
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Gone(String(error));
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, found.findings ?? [], found);
  return found;
}


export const desk = () => request("GET", "/api/desk");
/** assume: names of assumption sets; undefined: the server takes all that apply. */
export function policy(ref, assume) {
  const values = new URLSearchParams({ ref });
  if (assume) (assume.length ? assume : [""]).forEach((name) => values.append("assume", name));
  return request("GET", `/api/policy?${values}`);
}
export const attempt = (body) => request("POST", "/api/try", body);
export const prepare = (body) => request("POST", "/api/prepare", body);
export const review = (body) => request("POST", "/api/review", body);
export const job = (id) => request("GET", `/api/jobs/${encodeURIComponent(id)}`);
export const cancel = (id) => request("DELETE", `/api/jobs/${encodeURIComponent(id)}`);
export const save = (body) => request("POST", "/api/save", body);
export const compare = (body) => request("POST", "/api/compare", body);
export const pack = (body) => request("POST", "/api/package", body);

/** The address of a file that a job made, with the token, for a link or a frame.
 *  An address that leads elsewhere is not followed. */
export function file(href) {
  const address = new URL(href, location.origin);
  if (address.origin !== location.origin) return null;
  address.searchParams.set("token", token);
  return address.pathname + address.search;
}
