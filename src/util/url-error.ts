export { readUrl, UrlError } from './url.ts';
