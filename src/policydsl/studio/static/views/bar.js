// The bar above: which policy, how it stands, and what can be done with it.

import { changes, redo, setLanguage, undo } from "../actions.js";
import { html } from "../html.js";
import { update } from "../store.js";
import { say, t } from "../words.js";

export function Bar({ state }) {
  const { policy, draft } = state;
  const count = changes().length;
  const dialog = (kind) => () => update({ dialog: { kind } });
  return html`
    <header class="bar">
      <button class="icon menu" aria-label=${t("menu")} aria-expanded=${state.drawer ? "true" : "false"}
        onClick=${() => update({ drawer: !state.drawer })}>☰</button>
      <span class="brand" title="${t("folder")} ${state.desk.folder ?? ""}">${t("name")}</span>
      <div class="open-policy">
        ${policy && html`
          <h1 title=${say(policy.title)}>${say(policy.title)}</h1>
          <span class="state ${count ? "dirty" : ""}">
            ${count ? t("draftState", { n: count }) : t("cleanState")}
          </span>`}
      </div>
      ${policy && html`
        <div class="tools" role="group">
          <button class="icon" aria-label=${t("undo")} title="${t("undo")} (Ctrl+Z)"
            disabled=${!draft.past.length} onClick=${undo}><${Arrow} /></button>
          <button class="icon" aria-label=${t("redo")} title="${t("redo")} (Ctrl+Y)"
            disabled=${!draft.future.length} onClick=${redo}><${Arrow} mirrored /></button>
        </div>
        <div class="tools">
          <button onClick=${dialog("compare")} title=${t("compareTitle")}>${t("compareShort")}</button>
          <button onClick=${dialog("package")} title=${t("packageTitle")}>${t("packageShort")}</button>
          <button class="primary" onClick=${dialog("save")} title="${t("saveTitle")} (Ctrl+S)"
            disabled=${!count}>${t("save")}</button>
        </div>`}
      <div class="tools">
        <button lang=${state.language === "zh" ? "en" : "zh"} title=${t("switchTitle")}
          onClick=${() => setLanguage(state.language === "zh" ? "en" : "zh")}>${t("switch")}</button>
        <button class="icon" aria-label=${t("help")} title="${t("help")} (?)" onClick=${dialog("help")}>?</button>
      </div>
    </header>
  `;
}

function Arrow({ mirrored }) {
  return html`
    <svg viewBox="0 0 20 20" width="17" height="17" aria-hidden="true" class=${mirrored ? "mirrored" : ""}>
      <path d="M4 8h8a4 4 0 0 1 0 8H8M7.5 4.5 4 8l3.5 3.5" />
    </svg>
  `;
}
