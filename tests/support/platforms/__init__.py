"""What the tests of platforms share: a line with faults, servers, stand-ins."""
