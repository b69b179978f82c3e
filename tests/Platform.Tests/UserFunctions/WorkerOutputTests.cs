using System.Text;
using Platform.Sandbox;
using Platform.Secrets;
using Platform.UserFunctions;

namespace Platform.Tests.UserFunctions;

/// <summary>Log lines of what a worker prints, however it comes.</summary>
public sealed class WorkerOutputTests
{
    private const string Secret = "a-long-secret-välue";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task EndlessLine_InPieces_ShowsNoPartOfASecret(int chunk)
    {
        var output = new WorkerOutput("token", new SecretMask([Secret]), TimeProvider.System);
        output.Begin();
        var printed = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(number => $"{number:00000000}ä{Secret}")));

        for (var at = 0; at < printed.Length; at += chunk)
            await output.TakeAsync(OutputStream.Stdout, printed.AsMemory(at, Math.Min(chunk, printed.Length - at)));
        output.Close();

        var lines = (await output.EndAsync(0)).Select(line => line.Message).ToList();
        Assert.InRange(lines.Count, 2, 12);
        Assert.Equal(string.Concat(Enumerable.Range(0, 3000).Select(number => $"{number:00000000}ä***")), string.Concat(lines));
    }
}
