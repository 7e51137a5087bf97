// A program of nothing but the library that it links to.

int main() { return 0; }
