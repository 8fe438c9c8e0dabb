export { parseProxyUrl, proxyLogin } from './url.ts';
