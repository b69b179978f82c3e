namespace Platform.Archives;

/// <summary>Refusals about archives and lists of files that users send. Messages name the entry, never a path of the host.</summary>
public static class ArchiveErrors
{
    private const string Code = "archive.source_invalid";
    private const int LongestName = 200;

    public static readonly Error Unreadable = Error.Invalid(Code, "The archive is broken or of no known format (tar, tar.gz, zip)");

    public static readonly Error Empty = Error.Invalid(Code, "The archive holds no file");

    public static Error TooManyEntries(int most) => Error.Invalid(Code, $"The archive has more than {most} entries");

    public static Error TooLarge(long mostBytes) => Error.Invalid(Code, $"The archive is larger than {mostBytes} bytes unpacked");

    public static Error Path(string name) => Error.Invalid(Code, $"'{Shorten(name)}' is not a relative path inside the archive");

    public static Error Kind(string name) => Error.Invalid(Code, $"'{Shorten(name)}' is neither a file, a folder nor a link");

    public static Error Link(string name) => Error.Invalid(Code, $"The link '{Shorten(name)}' leads out of the archive or to nothing in it");

    public static Error Clash(string name) => Error.Invalid(Code, $"'{Shorten(name)}' is there twice, as different things");

    private static string Shorten(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";
}
