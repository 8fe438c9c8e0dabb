import { describe, expect, it } from 'vitest';
import { parseProxyUrl, proxyLogin } from '../../src/util/url.ts';

describe('parseProxyUrl', () => {
  it.each([
    ['http://proxy.example.org:3128', 'http://proxy.example.org:3128/'],
    ['https://proxy.example.org', 'https://proxy.example.org/'],
    ['http://user:p%40ss@proxy.example.org:3128', 'http://user:p%40ss@proxy.example.org:3128/'],
  ])('reads %s', (text, url) => {
    expect(parseProxyUrl(text, Error)).toBe(url);
  });

  it.each([
    ['', 'is not a URL'],
    ['proxy.example.org', 'is not a URL'],
    ['proxy.example.org:3128', 'is neither an http nor an https URL'],
    ['socks5://proxy.example.org', 'is neither an http nor an https URL'],
    ['http://proxy.example.org\n', 'contains white space'],
    ['http://user:100%-horse@proxy.example.org', 'has a user name or a password that is not URL-encoded'],
  ])('explains what is wrong with %j, without its password: it %s', (text, problem) => {
    expect(() => parseProxyUrl(text, Error)).toThrow(problem);
    expect(() => parseProxyUrl(text, Error)).not.toThrow(/horse/);
  });
});

describe('proxyLogin', () => {
  it.each([
    ['http://us%40er:p%40ss@proxy.example.org', { username: 'us@er', password: 'p@ss' }],
    ['http://user@proxy.example.org', { username: 'user', password: '' }],
    ['http://proxy.example.org', { username: '', password: '' }],
  ])('of %s is %j', (proxy, login) => {
    expect(proxyLogin(proxy)).toEqual(login);
  });
});
