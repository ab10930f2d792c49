// Starts the design system's own behaviour. Every page works without it.
import { initAll } from "./vendor/govuk/govuk-frontend.min.js";

initAll();
