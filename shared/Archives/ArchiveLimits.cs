namespace Platform.Archives;

/// <summary>What an archive may unpack to.</summary>
/// <param name="Entries">Files, folders and links together.</param>
/// <param name="Bytes">Bytes of all files together.</param>
public sealed record ArchiveLimits(int Entries, long Bytes);

/// <summary>What an archive unpacked to.</summary>
/// <param name="Files">Regular files; links and folders do not count.</param>
/// <param name="Bytes">Bytes of all files together.</param>
public sealed record UnpackedArchive(int Files, long Bytes);
