using System.IO.Pipelines;
using System.Text;
using Platform.Blobs;
using Platform.Sandbox;

namespace Platform.Builds;

/// <summary>Stores what a program in a build's sandbox prints as a blob, without a file on the host. The program waits while the store is slow.</summary>
public sealed class SandboxPipe(BuildSandbox sandbox, IBlobStore blobs)
{
    private const int HeadBytes = 1024;

    /// <summary>The stored blob and the beginning of its text; without a blob when the program failed or printed more than <paramref name="most"/> bytes, which the last value says.</summary>
    internal async Task<(BlobProperties? Stored, string Head, bool IsTooLarge)> StoreAsync(Build build, Workspace workspace, BuildProgram program, string key, string type, long most, CancellationToken ct)
    {
        var pipe = new Pipe();
        var head = new MemoryStream();
        long bytes = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = blobs.WriteAsync(key, pipe.Reader.AsStream(), type, ct);
        var result = await sandbox.RunAsync(build, workspace, program with { OnBytes = TakeAsync }, stop.Token);
        await pipe.Writer.CompleteAsync();
        var stored = await writing;
        if (result is { Reason: SandboxReason.Exited, ExitCode: 0 } && bytes <= most)
            return (stored, Encoding.UTF8.GetString(head.GetBuffer(), 0, (int)head.Length), false);
        await blobs.DeleteAsync(key, CancellationToken.None);
        return (null, "", bytes > most);

        async ValueTask TakeAsync(OutputStream stream, ReadOnlyMemory<byte> content)
        {
            if (stream != OutputStream.Stdout || (bytes += content.Length) > most)
            {
                if (bytes > most)
                    await stop.CancelAsync();
                return;
            }

            if (head.Length < HeadBytes)
                head.Write(content.Span[..(int)Math.Min(content.Length, HeadBytes - head.Length)]);
            await pipe.Writer.WriteAsync(content, CancellationToken.None);
        }
    }
}
