/* as: src/engine/planted.c */
/* expect: --memory in a message: the library never names a command-line option */
const char *planted(void)
{
    return "too much; lower --memory";
}
