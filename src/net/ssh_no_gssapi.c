/* GSSAPI for the static executable: there is none.
 *
 * Debian's libssh can log in by Kerberos and therefore refers to libgssapi, of which there is no static library. Godwit logs in by password or
 * key only and never asks for it; these answer "unavailable", which is what libssh hears on a machine without Kerberos. Linked
 * only when the executable is static; the other builds use the shared libssh with its own. */
#include <stddef.h>
#include <stdint.h>

enum { GSS_S_UNAVAILABLE = 16 << 16 };

void *GSS_C_NT_HOSTBASED_SERVICE = NULL;
void *GSS_C_NT_USER_NAME = NULL;

/* The arguments do not matter to what is answered: libssh's calls leave them in registers and on the stack that the caller clears. */
#define UNAVAILABLE(name)                                                                                              \
    uint32_t name(uint32_t *minor_status);                                                                             \
    uint32_t name(uint32_t *minor_status) {                                                                            \
        if (minor_status != NULL) {                                                                                    \
            *minor_status = 0;                                                                                         \
        }                                                                                                              \
        return GSS_S_UNAVAILABLE;                                                                                      \
    }

UNAVAILABLE(gss_accept_sec_context)
UNAVAILABLE(gss_acquire_cred)
UNAVAILABLE(gss_add_oid_set_member)
UNAVAILABLE(gss_create_empty_oid_set)
UNAVAILABLE(gss_display_name)
UNAVAILABLE(gss_display_status)
UNAVAILABLE(gss_get_mic)
UNAVAILABLE(gss_import_name)
UNAVAILABLE(gss_indicate_mechs)
UNAVAILABLE(gss_init_sec_context)
UNAVAILABLE(gss_inquire_cred)
UNAVAILABLE(gss_inquire_cred_by_mech)
UNAVAILABLE(gss_release_buffer)
UNAVAILABLE(gss_release_cred)
UNAVAILABLE(gss_release_name)
UNAVAILABLE(gss_release_oid_set)
UNAVAILABLE(gss_test_oid_set_member)
UNAVAILABLE(gss_verify_mic)
