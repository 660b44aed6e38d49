/* A file system in memory for SQLite: a handful of named files in growing buffers. Time and randomness are fixed, so that
   every run gives the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

#define FILES_MAX 8
#define NAME_BYTES 64

typedef struct {
    char name[NAME_BYTES];
    unsigned char *bytes;
    sqlite3_int64 length, capacity;
    int in_use;
} Stored;

typedef struct {
    sqlite3_file base;
    Stored *stored;
    int delete_on_close;
} Handle;

static Stored files[FILES_MAX];

static Stored *find(const char *name) {
    for (int i = 0; i < FILES_MAX; i++) {
        if (files[i].in_use && strcmp(files[i].name, name) == 0) return &files[i];
    }

    return 0;
}

static void drop(Stored *stored) {
    free(stored->bytes);
    memset(stored, 0, sizeof *stored);
}

static Stored *create(const char *name) {
    for (int i = 0; i < FILES_MAX; i++) {
        if (files[i].in_use) continue;
        files[i].in_use = 1;
        strncpy(files[i].name, name, NAME_BYTES - 1);
        return &files[i];
    }

    return 0;
}

static int reserve(Stored *stored, sqlite3_int64 length) {
    if (length <= stored->capacity) return SQLITE_OK;
    sqlite3_int64 capacity = stored->capacity ? stored->capacity * 2 : 65536;
    while (capacity < length) capacity *= 2;
    unsigned char *bytes = realloc(stored->bytes, (size_t)capacity);
    if (!bytes) return SQLITE_IOERR_NOMEM;
    stored->bytes = bytes;
    stored->capacity = capacity;
    return SQLITE_OK;
}

static int file_close(sqlite3_file *file) {
    Handle *handle = (Handle *)file;
    if (handle->delete_on_close) drop(handle->stored);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 offset) {
    Stored *stored = ((Handle *)file)->stored;
    sqlite3_int64 there = stored->length - offset;
    if (there >= amount) {
        memcpy(to, stored->bytes + offset, (size_t)amount);
        return SQLITE_OK;
    }

    if (there < 0) there = 0;
    memcpy(to, stored->bytes + offset, (size_t)there);
    memset((char *)to + there, 0, (size_t)(amount - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 offset) {
    Stored *stored = ((Handle *)file)->stored;
    int status = reserve(stored, offset + amount);
    if (status != SQLITE_OK) return status;
    if (offset > stored->length) memset(stored->bytes + stored->length, 0, (size_t)(offset - stored->length));
    memcpy(stored->bytes + offset, from, (size_t)amount);
    if (offset + amount > stored->length) stored->length = offset + amount;
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 length) {
    Stored *stored = ((Handle *)file)->stored;
    if (length < stored->length) stored->length = length;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *length) {
    *length = ((Handle *)file)->stored->length;
    return SQLITE_OK;
}

static int file_with_int(sqlite3_file *file, int value) {
    (void)file, (void)value;
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *result) {
    (void)file;
    *result = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return 4096;
}

static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_with_int,
    .xFileSize = file_size,
    .xLock = file_with_int,
    .xUnlock = file_with_int,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    Handle *handle = (Handle *)file;
    if (!name) name = "temporary";
    handle->stored = find(name);
    if (!handle->stored && flags & SQLITE_OPEN_CREATE) handle->stored = create(name);
    if (!handle->stored) return SQLITE_CANTOPEN;
    handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->base.pMethods = &methods;
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs, (void)sync;
    Stored *stored = find(name);
    if (!stored) return SQLITE_IOERR_DELETE_NOENT;
    drop(stored);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs, (void)flags;
    *result = find(name) != 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int bytes, char *path) {
    (void)vfs;
    if ((int)strlen(name) >= bytes) return SQLITE_CANTOPEN;
    strcpy(path, name);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int bytes, char *to) {
    (void)vfs;
    for (int i = 0; i < bytes; i++) to[i] = (char)(i * 37 + 11);
    return bytes;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

/* Noon of 2026-01-01, as a Julian day number. */
static int vfs_time(sqlite3_vfs *vfs, double *now) {
    (void)vfs;
    *now = 2461042.0;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int bytes, char *to) {
    (void)vfs;
    if (bytes > 0) *to = 0;
    return 0;
}

static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof(Handle),
    .mxPathname = NAME_BYTES - 1,
    .zName = "memory",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time,
    .xGetLastError = vfs_last_error,
};

int sqlite3_os_init(void) {
    return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_end(void) {
    for (int i = 0; i < FILES_MAX; i++) {
        if (files[i].in_use) drop(&files[i]);
    }

    return SQLITE_OK;
}
