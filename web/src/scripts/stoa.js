// Every page works without this file. It brings the design system's own
// improvements to life, only those that our pages use.
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { once } from "./once.js";

// ARIA does not allow aria-expanded on a radio; the fields that it opens follow
// it directly and are met next.
class QuietRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

// The page carries no script of its own (its security policy forbids that), so
// the mark that scripts run is set here instead of in its head.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

const components = [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner,
  PasswordInput, QuietRadios, ServiceNavigation, SkipLink,
];
for (const component of components) createAll(component);
// A part of the page was replaced.
document.addEventListener("fresh", ({ detail }) => {
  for (const component of components) createAll(component, undefined, detail);
});
once(document);
