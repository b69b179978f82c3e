using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Builds;

/// <summary>A bare repository behind <c>git http-backend</c> on loopback, opened by one user name and token.</summary>
internal sealed class GitServer : LoopbackServer
{
    public const string Username = "robot";
    public const string Token = "tok-3n-of-the-repository";

    private readonly string _root = Directory.CreateTempSubdirectory("git-server-").FullName;

    public string Url => $"http://127.0.0.1:{Port}/shop.git";

    public static async Task<GitServer> StartAsync()
    {
        var server = await StartAsync(new GitServer());
        Git(server._root, "init", "-q", "--bare", "-b", "main", "shop.git");
        return server;
    }

    /// <summary>Commits the files and pushes them; the commit's id.</summary>
    public string Commit(string message, params (string Path, string Content)[] files)
    {
        var work = Path.Combine(_root, "work");
        if (!Directory.Exists(work))
            Git(_root, "clone", "-q", "shop.git", "work");
        foreach (var (path, content) in files)
            File.WriteAllText(Path.Combine(work, path), content);
        Git(work, "add", "-A");
        Git(work, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", message);
        Git(work, "push", "-q", "origin", "HEAD:main");
        return Git(work, "rev-parse", "HEAD").Trim();
    }

    protected override async Task AnswerAsync(HttpContext http)
    {
        var expected = $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Username}:{Token}"))}";
        if (http.Request.Headers.Authorization.ToString() != expected)
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic";
            return;
        }

        var start = new ProcessStartInfo("git", ["http-backend"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["GIT_PROJECT_ROOT"] = _root;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["PATH_INFO"] = http.Request.Path;
        start.Environment["QUERY_STRING"] = http.Request.QueryString.Value?.TrimStart('?');
        start.Environment["REQUEST_METHOD"] = http.Request.Method;
        start.Environment["CONTENT_TYPE"] = http.Request.ContentType;
        start.Environment["HTTP_CONTENT_ENCODING"] = http.Request.Headers.ContentEncoding.ToString();
        start.Environment["GIT_PROTOCOL"] = http.Request.Headers["Git-Protocol"].ToString();
        using var backend = Process.Start(start)!;
        await http.Request.Body.CopyToAsync(backend.StandardInput.BaseStream);
        backend.StandardInput.Close();
        await ReplyAsync(http, backend.StandardOutput.BaseStream);
        await backend.WaitForExitAsync();
    }

    private static async Task ReplyAsync(HttpContext http, Stream output)
    {
        using var answer = new MemoryStream();
        await output.CopyToAsync(answer);
        var bytes = answer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var header in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n"))
        {
            var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
            if (name == "Status")
                http.Response.StatusCode = int.Parse(value.AsSpan(0, 3), CultureInfo.InvariantCulture);
            else
                http.Response.Headers[name] = value;
        }

        await http.Response.Body.WriteAsync(bytes.AsMemory(end + 4));
    }

    private static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }
}
