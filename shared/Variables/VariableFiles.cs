using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Platform.Blobs;

namespace Platform.Variables;

/// <summary>The content of file variables in the blob store. Each upload is a blob of its own, so that the row decides at one stroke which one counts.</summary>
public sealed class VariableFiles(IBlobStore blobs, TimeProvider clock, ILogger<VariableFiles> log)
{
    internal const string Prefix = "variables/";

    /// <summary>Stores the file and notes it in the variable, which the caller saves afterwards.</summary>
    public async Task StoreAsync(Variable variable, VariableFile file, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using (var content = StreamOf(file.Content))
            await blobs.WriteAsync(KeyOf(id), content, file.MimeType, ct);
        (variable.ContentId, variable.FileName, variable.MimeType, variable.FileSize) = (id, file.Name, file.MimeType, file.Content.Length);
    }

    /// <summary>Null when the content is lost.</summary>
    public Task<Stream?> OpenAsync(Variable variable, CancellationToken ct) => blobs.OpenReadAsync(KeyOf(variable.ContentId!.Value), ct);

    /// <summary>Deletes content that no row names any more. A failure is not the caller's: <see cref="VariableFileSweep"/> takes what is left.</summary>
    public async Task DiscardAsync(Guid? contentId)
    {
        if (contentId is not { } id)
            return;
        try
        {
            await blobs.DeleteAsync(KeyOf(id), CancellationToken.None);
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "Content {ContentId} of a variable was not deleted", id);
        }
    }

    internal static Guid? IdOf(string key) => Guid.TryParseExact(key[Prefix.Length..], "N", out var id) ? id : null;

    private static string KeyOf(Guid contentId) => $"{Prefix}{contentId:N}";

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var bytes)
        ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);
}
