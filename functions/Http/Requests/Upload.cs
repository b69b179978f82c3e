namespace Platform.Functions.Http;

/// <summary>A <c>multipart/form-data</c> body: its text parts, and the file that came with them.</summary>
public sealed record Upload<T>(T Fields, UploadedFile? File);

/// <summary>A file as the client names it. <paramref name="Content"/> is valid until the request ends.</summary>
public sealed record UploadedFile(string Name, string? ContentType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The part that holds it.</summary>
    public const string Part = "file";
}
