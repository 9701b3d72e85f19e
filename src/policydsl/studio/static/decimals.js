// Exact decimals as strings ("0.25").  Numbers of a policy never become binary floats, except as
// places on a screen.

const FORM = /^([+-]?)(\d+)(?:\.(\d+))?$/;
const WIDE = { "．": ".", "。": ".", "－": "-", "−": "-", "＋": "+", "，": "", ",": "" };

/** What somebody typed → a plain decimal string, or null.  Full-width digits are digits. */
export function read(typed) {
  const text = [...String(typed).trim()]
    .map((c) => WIDE[c] ?? (c >= "０" && c <= "９" ? String.fromCharCode(c.charCodeAt(0) - 0xfee0) : c))
    .join("")
    .replace(/^\./, "0.")
    .replace(/\.$/, "");
  return FORM.test(text) ? plain(text) : null;
}

/** Digits and how many of them stand after the point. */
function parts(text) {
  const found = FORM.exec(String(text));
  if (!found) throw new Error(`not a decimal: ${text}`);
  const [, sign, whole, fraction = ""] = found;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, places: fraction.length };
}

function at(text, places) {
  const found = parts(text);
  return found.digits * 10n ** BigInt(places - found.places);
}

function write(digits, places) {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const fraction = places ? text.slice(-places).replace(/0+$/, "") : "";
  return sign + whole + (fraction ? `.${fraction}` : "");
}

function both(a, b) {
  const places = Math.max(parts(a).places, parts(b).places);
  return [at(a, places), at(b, places), places];
}

export function plain(text) {
  const { digits, places } = parts(text);
  return write(digits, places);
}

export function add(a, b) {
  const [x, y, places] = both(a, b);
  return write(x + y, places);
}

export function subtract(a, b) {
  const [x, y, places] = both(a, b);
  return write(x - y, places);
}

export function times(a, whole) {
  const { digits, places } = parts(a);
  return write(digits * BigInt(whole), places);
}

export function compare(a, b) {
  const [x, y] = both(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function clip(value, low, high) {
  if (low != null && compare(value, low) < 0) return plain(low);
  if (high != null && compare(value, high) > 0) return plain(high);
  return plain(value);
}

/** How many whole steps fit between two values. */
export function steps(low, high, step) {
  const places = Math.max(parts(low).places, parts(high).places, parts(step).places);
  const size = at(step, places);
  return size > 0n ? Number((at(high, places) - at(low, places)) / size) : 0;
}

/** The step at which a value stands, counted from low; a value between two steps goes down. */
export function stepOf(value, low, step) {
  return steps(low, value, step);
}

/** With a sign, as a change is written: "+1.5", "−2", "±0". */
export function signed(text) {
  const order = compare(text, "0");
  return order === 0 ? "±0" : order > 0 ? `+${plain(text)}` : `−${plain(text).slice(1)}`;
}

/** As it is read: thousands parted, a true minus; "1,234.5". */
export function shown(text) {
  if (text == null) return "—";
  if (!FORM.test(String(text))) return String(text);
  const [whole, fraction] = plain(text).replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (String(text).startsWith("-") ? "−" : "") + grouped + (fraction ? `.${fraction}` : "");
}

/** A decimal with at most so many places, for a heading; "≈" is said where it was cut. */
export function brief(text, places = 2) {
  if (text == null) return "—";
  if (!FORM.test(String(text))) return String(text);
  const { digits, places: has } = parts(text);
  if (has <= places) return shown(text);
  const unit = 10n ** BigInt(has - places);
  const half = digits < 0n ? -(unit / 2n) : unit / 2n;
  return shown(write((digits + half) / unit, places));
}
