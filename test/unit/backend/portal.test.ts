import { describe, expect, it } from 'vitest';
import { portalIn } from '../../../electron/backend/portal.ts';

describe('an answer to a page of the VPN’s own server', () => {
  it.each([
    [302, 'http://login.hotel.example/?from=203.0.113.10', 'http://login.hotel.example/?from=203.0.113.10'],
    [307, 'https://10.0.0.1:8443/portal', 'https://10.0.0.1:8443/portal'],
    [511, null, 'http://203.0.113.10/'],
  ])('%i to %s is a portal’s', (status, location, portal) => {
    expect(portalIn(status, location, '203.0.113.10')).toBe(portal);
  });

  it.each([
    [200, null],
    [404, null],
    [301, 'https://203.0.113.10/'],
    [302, '/login'],
    [302, 'javascript:alert(1)'],
    [302, 'http://'],
  ])('%i to %s is not', (status, location) => {
    expect(portalIn(status, location, '203.0.113.10')).toBeNull();
  });
});
