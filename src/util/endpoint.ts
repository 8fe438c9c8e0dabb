export { DEFAULT_ENDPOINT, isLoopback, isSameHost, isTrustedHost, mayLeadTo, parseEndpoint } from './url.ts';
