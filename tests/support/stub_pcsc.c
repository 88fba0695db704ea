/* A PC/SC library without a service: one reader with a card that answers 6A82 to
   everything, and any code at any call. STUB_PCSC lists what is returned instead:
   CALL=CODE for every call of that name, CALL@N=CODE for the Nth, CALL@N-=CODE
   from the Nth on; spaces between them. `absent` means a reader without a card,
   `none` no reader. Codes in hex. Calls are counted over the whole process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

const SCARD_IO_REQUEST g_rgSCardT0Pci = {SCARD_PROTOCOL_T0, sizeof(SCARD_IO_REQUEST)};
const SCARD_IO_REQUEST g_rgSCardT1Pci = {SCARD_PROTOCOL_T1, sizeof(SCARD_IO_REQUEST)};
const SCARD_IO_REQUEST g_rgSCardRawPci = {SCARD_PROTOCOL_RAW, sizeof(SCARD_IO_REQUEST)};

static const BYTE atr[] = {0x3B, 0x02, 0x14, 0x50};
static const char names[] = "Stub Reader\0";

/* The code ordered for this call, or success. */
static LONG ordered(const char *call, int *count)
{
    const char *orders = getenv("STUB_PCSC");
    size_t length = strlen(call);
    int now = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    while (orders && *orders) {
        const char *rest = orders + length;
        if (!strncmp(orders, call, length) && (*rest == '=' || *rest == '@')) {
            int from = 1, open = 1;
            if (*rest == '@') {
                from = (int)strtol(rest + 1, (char **)&rest, 10);
                open = *rest == '-';
                rest += open;
            }
            if (now == from || (open && now > from))
                return (LONG)strtoul(rest + 1, NULL, 16);
        }
        orders = strchr(orders, ' ');
        orders += orders ? 1 : 0;
    }
    return SCARD_S_SUCCESS;
}
#define ORDERED(call)                                   \
    static int calls;                                   \
    LONG code = ordered(call, &calls);                  \
    if (code != SCARD_S_SUCCESS) return code

static int has(const char *word)
{
    const char *orders = getenv("STUB_PCSC");
    return orders && strstr(orders, word) != NULL;
}

LONG SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT context)
{
    ORDERED("SCardEstablishContext");
    *context = 1;
    return code;
}
LONG SCardReleaseContext(SCARDCONTEXT context) { return SCARD_S_SUCCESS; }
LONG SCardIsValidContext(SCARDCONTEXT context) { return SCARD_S_SUCCESS; }
LONG SCardCancel(SCARDCONTEXT context) { return SCARD_S_SUCCESS; }
LONG SCardFreeMemory(SCARDCONTEXT context, LPCVOID memory) { return SCARD_S_SUCCESS; }

LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR readers, LPDWORD size)
{
    ORDERED("SCardListReaders");
    if (has("none")) return SCARD_E_NO_READERS_AVAILABLE;
    if (readers) {
        if (*size < sizeof names) return SCARD_E_INSUFFICIENT_BUFFER;
        memcpy(readers, names, sizeof names);
    }
    *size = sizeof names;
    return code;
}
LONG SCardListReaderGroups(SCARDCONTEXT context, LPSTR groups, LPDWORD size)
{
    return SCARD_E_UNSUPPORTED_FEATURE;
}
LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD time, SCARD_READERSTATE *states, DWORD count)
{
    ORDERED("SCardGetStatusChange");
    for (DWORD i = 0; i < count; i++) {
        DWORD state = SCARD_STATE_PRESENT;
        if (strcmp(states[i].szReader, names)) state = SCARD_STATE_UNKNOWN | SCARD_STATE_IGNORE;
        else if (has("absent")) state = SCARD_STATE_EMPTY;
        states[i].dwEventState = state | SCARD_STATE_CHANGED;
        states[i].cbAtr = state == SCARD_STATE_PRESENT ? sizeof atr : 0;
        memcpy(states[i].rgbAtr, atr, sizeof atr);
    }
    return code;
}
LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD mode, DWORD wanted,
                  LPSCARDHANDLE card, LPDWORD protocol)
{
    ORDERED("SCardConnect");
    *card = 1;
    *protocol = SCARD_PROTOCOL_T0;
    return code;
}
LONG SCardReconnect(SCARDHANDLE card, DWORD mode, DWORD wanted, DWORD how, LPDWORD protocol)
{
    ORDERED("SCardReconnect");
    *protocol = SCARD_PROTOCOL_T0;
    return code;
}
LONG SCardDisconnect(SCARDHANDLE card, DWORD how) { return SCARD_S_SUCCESS; }
LONG SCardBeginTransaction(SCARDHANDLE card)
{
    ORDERED("SCardBeginTransaction");
    return code;
}
LONG SCardEndTransaction(SCARDHANDLE card, DWORD how) { return SCARD_S_SUCCESS; }
LONG SCardStatus(SCARDHANDLE card, LPSTR reader, LPDWORD size, LPDWORD state, LPDWORD protocol,
                 LPBYTE bytes, LPDWORD length)
{
    ORDERED("SCardStatus");
    if (size) {
        if (reader && *size >= sizeof names) memcpy(reader, names, sizeof names);
        *size = sizeof names;
    }
    if (length) {
        if (bytes && *length >= sizeof atr) memcpy(bytes, atr, sizeof atr);
        *length = sizeof atr;
    }
    if (state) *state = SCARD_PRESENT | SCARD_POWERED | SCARD_SPECIFIC;
    if (protocol) *protocol = SCARD_PROTOCOL_T0;
    return code;
}
LONG SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *send, LPCBYTE command, DWORD size,
                   SCARD_IO_REQUEST *receive, LPBYTE answer, LPDWORD length)
{
    ORDERED("SCardTransmit");
    answer[0] = 0x6A;
    answer[1] = 0x82;
    *length = 2;
    return code;
}
LONG SCardControl(SCARDHANDLE card, DWORD control, LPCVOID in, DWORD size, LPVOID out, DWORD room,
                  LPDWORD length)
{
    return SCARD_E_UNSUPPORTED_FEATURE;
}
LONG SCardGetAttrib(SCARDHANDLE card, DWORD id, LPBYTE value, LPDWORD length)
{
    return SCARD_E_UNSUPPORTED_FEATURE;
}
LONG SCardSetAttrib(SCARDHANDLE card, DWORD id, LPCBYTE value, DWORD length)
{
    return SCARD_E_UNSUPPORTED_FEATURE;
}
