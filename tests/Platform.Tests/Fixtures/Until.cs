using System.Diagnostics;

namespace Platform.Tests.Fixtures;

/// <summary>Waits for a condition with a generous bound.</summary>
public static class Until
{
    public static async Task TrueAsync(Func<bool> condition, string what, int seconds = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Looks less and less often: what it asks may be a limited route.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 20)
    {
        var clock = Stopwatch.StartNew();
        var pause = 5;
        while (!await condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what}.");
            await Task.Delay(pause);
            pause = Math.Min(100, pause + 2);
        }
    }
}
