// Runs once for the conversation and once for the header: turns clicks into page events.
// The names of the events that Python listens to stand quoted here: 'cite', 'ask', 'language'.
element.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-locator]');
  if (opener) {
    window.policyqa.opener = opener;
    const { locator, quote = '' } = opener.dataset;
    trigger('cite', { locator, quote });
    return;
  }
  const question = event.target.closest('[data-ask]');
  if (question) {
    trigger('ask', { question: question.dataset.ask });
    return;
  }
  const language = event.target.closest('[data-language]');
  if (language) trigger('language', { language: language.dataset.language });
});

const speak = () => {
  const header = element.querySelector('.pqa-header');
  if (header) document.documentElement.lang = header.lang;
};
speak();

watch('value', () => {
  speak();
  const conversation = element.querySelector('.pqa-conversation');
  if (!conversation) return;
  const n = Number(conversation.dataset.n);
  if (n > Number(element.dataset.shown || 0)) {
    conversation.querySelector('.pqa-exchange:last-child')
      .scrollIntoView({ block: 'start', behavior: window.policyqa.motion() });
  }
  element.dataset.shown = n;
});
