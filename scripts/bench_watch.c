/* A conversation with the first card there is, and nothing else: connects, sends
   the commands of a recording (standard input, .apdu text), resets where it does,
   and prints how many microseconds that took. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

enum { COMMANDS = 1000, LONGEST = 300 };
static struct { BYTE bytes[LONGEST]; DWORD length; } commands[COMMANDS];

int main(int count, char **words)
{
    char line[4096];
    int steps = 0;
    while (steps < COMMANDS && fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "! reset", 7)) commands[steps++].length = 0;
        if (line[0] != '>') continue;
        unsigned byte;
        DWORD length = 0;
        for (char *at = line + 1; length < LONGEST && sscanf(at, " %2x", &byte) == 1; at += 3)
            commands[steps].bytes[length++] = byte;
        commands[steps++].length = length;
    }
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    BYTE answer[65548];
    if (count != 2 || SCardEstablishContext(SCARD_SCOPE_USER, NULL, NULL, &context)) return 1;
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    if (SCardConnect(context, words[1], SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card, &protocol)) return 1;
    if (SCardBeginTransaction(card)) return 1;
    for (int step = 0; step < steps; step++) {
        DWORD room = sizeof answer;
        LONG code = commands[step].length
            ? SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1,
                            commands[step].bytes, commands[step].length, NULL, answer, &room)
            : SCardReconnect(card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, SCARD_RESET_CARD, &protocol);
        if (code) return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    SCardEndTransaction(card, SCARD_LEAVE_CARD);
    SCardDisconnect(card, SCARD_LEAVE_CARD);
    SCardReleaseContext(context);
    printf("%ld\n", (ended.tv_sec - begun.tv_sec) * 1000000L + (ended.tv_nsec - begun.tv_nsec) / 1000);
    return steps == 0;
}
