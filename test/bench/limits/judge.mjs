// Was anything served that its reader knew to be outdated? Judged from when each operation began and ended.

/**
 * A session that wrote w (it ended well before the read began) must not read what had been overwritten before w began: a
 * value whose write ended before w's write began. Events: [kind, card, value, began, ended, outcome, session, instance].
 */
export const judgeHistory = (history) => {
  const writeOf = new Map();
  for (const event of history) if (event[0] === 'w') writeOf.set(`${event[1]} ${event[2]}`, event);
  const sessions = new Map();
  for (const event of history) {
    const name = `${event[7]} ${event[6]}`;
    const own = sessions.get(name);
    if (own === undefined) sessions.set(name, [event]);
    else own.push(event);
  }
  let violations = 0;
  let compared = 0;
  for (const events of sessions.values()) {
    const lastWrite = new Map();
    for (const [kind, card, value, began, ended, outcome] of events.sort((a, b) => a[3] - b[3])) {
      if (outcome !== 'ok') {
        // An unknown outcome may still land, before or after what follows: nothing is known of the card any more.
        if (kind === 'w') lastWrite.delete(card);
        continue;
      }
      if (kind === 'w') {
        lastWrite.set(card, { began, ended });
        continue;
      }
      const mine = lastWrite.get(card);
      if (mine === undefined) continue;
      compared += 1;
      const found = writeOf.get(`${card} ${value}`);
      // Unknown values are the seed's, older than every write.
      const endedBefore = found === undefined ? -Infinity : found[5] === 'ok' ? found[4] : Infinity;
      if (endedBefore < mine.began) violations += 1;
    }
  }
  return { violations, compared };
};
