const KEPT = 60;

/** Lists what a socket sends and receives, newest first. Tokens are left out: a screen is easily shared. */
export function showWire(socket, list) {
  const write = (arrow, [event, payload]) => {
    const line = document.createElement('li');
    line.textContent = `${arrow} ${event} ${JSON.stringify(payload, withoutToken) ?? ''}`;
    list.prepend(line);
    list.children[KEPT]?.remove();
  };
  list.replaceChildren();
  socket.onAny((...args) => write('←', args));
  socket.onAnyOutgoing((...args) => write('→', args));
}

function withoutToken(key, value) {
  return key === 'token' ? '…' : value;
}
