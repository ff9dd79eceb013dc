"""Made-up inputs by the thousand: whatever comes in, an answer or one clear message comes out."""
