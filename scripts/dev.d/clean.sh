#: remove what builds and tests made here (the cache of foreign servers stays)
rm -rf build build-asan build-tsan build-fuzz test-results .build*.lock web/dist web/node_modules web/.lock web/src/api/schema.d.ts
find . -name __pycache__ -type d -prune -exec rm -rf {} +
