"""What tests share: servers, certificates, programs of other languages."""
