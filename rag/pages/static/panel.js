// Runs once for the panel: closing, copying, and where the focus goes. Events: 'cite', 'close'.
const close = () => {
  const panel = element.querySelector('.pqa-open');
  if (!panel) return;
  panel.hidden = true;
  document.body.classList.remove('pqa-panel-open');
  trigger('close');
  const opener = window.policyqa.opener;
  if (opener && opener.isConnected) opener.focus();
};

const copy = async (button) => {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch (error) {
    const area = document.createElement('textarea');
    area.value = button.dataset.copy;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = said; }, 1500);
};

element.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]')) return close();
  const button = event.target.closest('[data-copy]');
  if (button) return copy(button);
  const opener = event.target.closest('[data-locator]');
  if (!opener) return;
  window.policyqa.opener = opener;
  const { locator, quote = '' } = opener.dataset;
  trigger('cite', { locator, quote });
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});

watch('value', () => {
  const panel = element.querySelector('.pqa-open');
  document.body.classList.toggle('pqa-panel-open', Boolean(panel));
  if (!panel) return;
  panel.hidden = false;
  panel.focus({ preventScroll: true });
  const body = panel.querySelector('.pqa-panel-body');
  const mark = panel.querySelector('mark');
  if (body && mark) body.scrollTop = Math.max(0, mark.offsetTop - body.clientHeight / 3);
});
