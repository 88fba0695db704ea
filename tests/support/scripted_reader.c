/* A reader driver whose reader can be unplugged and whose card can fail, which
   the virtual reader cannot show. Its state is the file named as its device:
   first letter, the card: p(resent), u(npowered: there, and does not start),
   a(bsent), g(one: no reader any more); second letter, a command: o(k), t(ime-out),
   c(ommunication error), p(rotocol not supported), n(ot there), g(one); third
   letter, the reader itself: f(eatures and properties are told), h(angs when asked
   for them). Every control code that it is given is added to FILE.control. */
#include <ifdhandler.h>
#include <reader.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[256];
static const UCHAR atr[] = {0x3B, 0x02, 0x14, 0x50};

static char state(int index)
{
    char text[8] = "";
    FILE *file = fopen(path, "r");
    if (file) {
        if (!fgets(text, sizeof text, file)) text[0] = 0;
        fclose(file);
    }
    return text[index];
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    snprintf(path, sizeof path, "%s", name);
    return IFD_SUCCESS;
}
RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) { return IFD_SUCCESS; }
RESPONSECODE IFDHCloseChannel(DWORD lun) { return IFD_SUCCESS; }

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
    static const char vendor[] = "Example", type[] = "Model One", serial[] = "SN-0001";
    static const UCHAR version[] = {0x04, 0x03, 0x02, 0x01};
    const void *data;
    DWORD size;
    UCHAR one = 1;
    switch (tag) {
    case TAG_IFD_ATR: data = atr; size = sizeof atr; break;
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_SIMULTANEOUS_ACCESS: data = &one; size = 1; break;
    case SCARD_ATTR_VENDOR_NAME: data = vendor; size = sizeof vendor; break;
    case SCARD_ATTR_VENDOR_IFD_TYPE: data = type; size = sizeof type; break;
    case SCARD_ATTR_VENDOR_IFD_SERIAL_NO: data = serial; size = sizeof serial; break;
    case SCARD_ATTR_VENDOR_IFD_VERSION: data = version; size = sizeof version; break;
    default: *length = 0; return IFD_ERROR_TAG;
    }
    /* The service asks for the length of an attribute with no place for it. */
    if (value) {
        if (*length < size) return IFD_ERROR_INSUFFICIENT_BUFFER;
        memcpy(value, data, size);
    }
    *length = size;
    return IFD_SUCCESS;
}
RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
    return IFD_NOT_SUPPORTED;
}
RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3)
{
    return IFD_SUCCESS;
}
RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR out, PDWORD length)
{
    if (action != IFD_POWER_DOWN && state(0) == 'u') {
        *length = 0;
        return IFD_ERROR_POWER_ACTION;
    }
    *length = action == IFD_POWER_DOWN ? 0 : sizeof atr;
    memcpy(out, atr, *length);
    return IFD_SUCCESS;
}
RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD size,
                               PUCHAR answer, PDWORD length, PSCARD_IO_HEADER receive)
{
    *length = 0;
    switch (state(1)) {
    case 't': return IFD_RESPONSE_TIMEOUT;
    case 'c': return IFD_COMMUNICATION_ERROR;
    case 'p': return IFD_PROTOCOL_NOT_SUPPORTED;
    case 'n': return IFD_ICC_NOT_PRESENT;
    case 'g': return IFD_NO_SUCH_DEVICE;
    }
    answer[0] = 0x90;
    answer[1] = 0x00;
    *length = 2;
    return IFD_SUCCESS;
}
/* A PIN pad, properties, and a feature that nobody has heard of. */
static const UCHAR features[] = {FEATURE_VERIFY_PIN_DIRECT, 4, 0x42, 0x33, 0x00, 0x06,
                                 FEATURE_GET_TLV_PROPERTIES, 4, 0x42, 0x33, 0x00, 0x12,
                                 0x77, 4, 0x42, 0x33, 0x00, 0x77};
static const UCHAR properties[] = {PCSCv2_PART10_PROPERTY_sFirmwareID, 6, 'F', 'W', ' ', '1', '.', '2',
                                   PCSCv2_PART10_PROPERTY_wIdVendor, 2, 0x34, 0x12};

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR in, DWORD size, PUCHAR out, DWORD room,
                         LPDWORD length)
{
    char name[sizeof path + 8];
    const UCHAR *data = NULL;
    DWORD bytes = 0;
    snprintf(name, sizeof name, "%s.control", path);
    FILE *file = fopen(name, "a");
    if (file) {
        fprintf(file, "%08lX\n", (unsigned long)code);
        fclose(file);
    }
    if (length) *length = 0;
    if (state(2) == 'h') sleep(6);
    if (state(2) == 'f' && code == CM_IOCTL_GET_FEATURE_REQUEST) data = features, bytes = sizeof features;
    if (state(2) == 'f' && code == 0x42330012) data = properties, bytes = sizeof properties;
    if (!data) return IFD_ERROR_NOT_SUPPORTED;
    if (room < bytes) return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(out, data, bytes);
    *length = bytes;
    return IFD_SUCCESS;
}
RESPONSECODE IFDHICCPresence(DWORD lun)
{
    switch (state(0)) {
    case 'p':
    case 'u': return IFD_ICC_PRESENT;
    case 'g': return IFD_COMMUNICATION_ERROR;
    }
    return IFD_ICC_NOT_PRESENT;
}
