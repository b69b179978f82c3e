using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Benchmarks;

/// <summary>One bounded run of the load generator <c>wrk</c> against a server on this machine.</summary>
internal static partial class Wrk
{
    public static async Task<double> RequestsPerSecondAsync(Uri url, int seconds, string? bearer = null) =>
        double.Parse(Rate().Match(await RunAsync(url, ["-c32", $"-d{seconds}s"], bearer)).Groups["rate"].Value, CultureInfo.InvariantCulture);

    /// <summary>The median time of a request on one connection, one after the other.</summary>
    public static async Task<double> MedianMicrosecondsAsync(Uri url, int seconds, string? bearer = null)
    {
        var median = Median().Match(await RunAsync(url, ["-c1", $"-d{seconds}s", "--latency"], bearer));
        return double.Parse(median.Groups["time"].Value, CultureInfo.InvariantCulture) * (median.Groups["unit"].Value == "ms" ? 1000 : 1);
    }

    public static async Task<double> PostsPerSecondAsync(Uri url, int seconds, string body, string? bearer = null) =>
        double.Parse(Rate().Match(await PostAsync(url, ["-c32", $"-d{seconds}s"], body, bearer)).Groups["rate"].Value, CultureInfo.InvariantCulture);

    public static async Task<double> PostMedianMicrosecondsAsync(Uri url, int seconds, string body, string? bearer = null)
    {
        var median = Median().Match(await PostAsync(url, ["-c1", $"-d{seconds}s", "--latency"], body, bearer));
        return double.Parse(median.Groups["time"].Value, CultureInfo.InvariantCulture) * (median.Groups["unit"].Value == "ms" ? 1000 : 1);
    }

    // wrk posts only when a script tells it to.
    private static async Task<string> PostAsync(Uri url, string[] options, string body, string? bearer)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, $"wrk.method = 'POST'\nwrk.body = '{body}'\nwrk.headers['Content-Type'] = 'application/json'\n");
            return await RunAsync(url, [.. options, "-s", script], bearer);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<string> RunAsync(Uri url, string[] options, string? bearer)
    {
        var start = new ProcessStartInfo("wrk") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-t1", .. options])
            start.ArgumentList.Add(argument);
        if (bearer is not null)
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add($"Authorization: Bearer {bearer}");
        }

        start.ArgumentList.Add(url.ToString());
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"{url} refused requests:\n{output}");
        return output;
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[0-9.]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+(?<time>[0-9.]+)(?<unit>us|ms)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Median();
}
