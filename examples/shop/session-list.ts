import type { UserSession } from 'ingot'
import { html, type Html } from './html.js'

/** Where a visitor is logged in, with a form to end each session, the others, and all. */
export function sessionList(sessions: readonly UserSession[]): Html {
  return card(html`
    <p class="hint">Somewhere you do not know? End it, and it is over at once.</p>
    <ul class="lines">
      ${sessions.map(sessionLine)}
    </ul>
    <form class="endings" method="post" action="/sessions/others">
      <button class="quiet">End all others</button>
      <button class="quiet" formaction="/sessions/all">End all, also this one</button>
    </form>
  `)
}

/** The text for a store that keeps no list. */
export function noSessionList(): Html {
  return card(html`
    <p>
      This shop keeps your session in a cookie that only your browser has, so it cannot tell you
      where else you are logged in.
    </p>
  `)
}

function card(content: Html): Html {
  return html`<section class="sessions" aria-labelledby="sessions">
    <h1 id="sessions">Your sessions</h1>
    ${content}
  </section>`
}

function sessionLine({ handle, label, isCurrent, ...times }: UserSession): Html {
  const { createdAt, authenticatedAt = createdAt, seenAt } = times
  return html` <li class="line">
    <p class="what">
      <strong>${label}</strong> ${isCurrent ? html`<em class="badge">This one</em>` : undefined}
      <span>Since ${time(authenticatedAt)}, last seen ${time(seenAt)}</span>
    </p>
    <form method="post" action="/sessions/${encodeURIComponent(handle)}">
      <button class="quiet" aria-label="End ${label}${isCurrent ? ', this session' : ''}">
        End
      </button>
    </form>
  </li>`
}

const times = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})

function time(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${times.format(date)} UTC</time>`
}
