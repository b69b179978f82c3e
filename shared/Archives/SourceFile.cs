namespace Platform.Archives;

/// <summary>How the content of a <see cref="SourceFile"/> is written down.</summary>
public enum SourceEncoding
{
    Utf8,
    Base64,
}

/// <summary>One file sent as JSON: delivery §2.2, §3.1.</summary>
public sealed record SourceFile(string Path, string Content, SourceEncoding Encoding = SourceEncoding.Utf8, bool Executable = false);
