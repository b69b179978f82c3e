using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Blobs;
using Platform.Data;
using Platform.Identity;

namespace Platform.Builds;

/// <summary>
/// Keeps what package managers have fetched, for the next build of the same project with the same lock file; the least recently used goes first. Caches are never
/// shared between projects.
/// </summary>
public sealed class DependencyCache(IServiceScopeFactory scopes, BuildSandbox sandbox, WorkspaceFiles files, SandboxPipe pipe, IBlobStore blobs, IOptions<BuildOptions> options, TimeProvider clock)
{
    private const string FileName = "cache.tar.gz";
    private const string Type = "application/gzip";
    private const string Format = "1";
    private static readonly string[] LockFiles = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "package.json", "requirements.txt", "packages.lock.json", "go.sum", "Cargo.lock"];

    // What the package managers keep by themselves, below the home directory.
    private const string OwnPaths = ".npm .cache/pip .cache/yarn .local/share/pnpm/store .nuget/packages go/pkg/mod .cargo/registry";

    /// <summary>The key of the build's dependencies; null when it has no lock file or wants no cache.</summary>
    internal async Task<string?> KeyAsync(BuildWork work)
    {
        var config = work.Build.Config;
        if (!config.CacheEnabled || options.Value.MaxCacheMb == 0)
            return null;
        var inRoot = BuildPlanner.Below(work.Files, config.RootDirectory);
        if (LockFiles.FirstOrDefault(name => inRoot.Any(file => file.Path == name)) is not { } name)
            return null;
        var content = await files.ReadAsync(work.Build, work.Workspace, Workspace.RootOf(config), name, work.Stop);
        if (content is null)
            return null;
        var runner = $"{Format}|{Environment.OSVersion.Platform}|{config.NodeVersion}|{config.PythonVersion}|{string.Join('|', config.CachePaths)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{runner}\n{name}\n{content}")));
    }

    /// <summary>Puts the dependencies in place; the bytes of their archive, or null when there are none.</summary>
    internal async Task<long?> RestoreAsync(BuildWork work, string key)
    {
        if (work.Build.ClearCache || await FindAsync(work.Build, key) is not { } cache)
            return null;
        await using (var content = await blobs.OpenReadAsync(BuildBlobs.Cache(cache.Id), work.Stop))
        {
            if (content is null)
                return null;
            await using var file = File.Create(Path.Combine(work.Workspace.HostFolder, FileName));
            await content.CopyToAsync(file, work.Stop);
        }

        var unpacked = await sandbox.AskAsync(work.Build, work.Workspace, new BuildProgram("cache", $"tar -xzf {FileName} --no-same-owner && rm -f {FileName}") { WorkingDirectory = Workspace.Folder }, 1, work.Stop);
        return unpacked is null ? null : cache.SizeBytes;
    }

    /// <summary>Keeps the dependencies, unless they are kept already; the bytes of their archive.</summary>
    internal async Task<long?> SaveAsync(BuildWork work, string key)
    {
        if (!work.Build.ClearCache && await FindAsync(work.Build, key) is not null)
            return null;
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var own = work.Build.Config.CachePaths.Select(path => $"{Workspace.SourceName}/{(work.Build.Config.RootDirectory == "." ? path : $"{work.Build.Config.RootDirectory}/{path}")}");
        var paths = OwnPaths.Split(' ').Select(path => $"{Workspace.HomeName}/{path}").Concat(own);
        // Names are given one a line in a variable, so that nothing in them is a word of the shell.
        const string Pack = "printf '%s\\n' \"$PATHS\" | while IFS= read -r p; do [ -e \"$p\" ] && [ ! -L \"$p\" ] && printf '%s\\0' \"$p\"; done > home/.cached; [ -s home/.cached ] || exit 3; tar --null -T home/.cached -czf -";
        var program = new BuildProgram("cache", Pack) { WorkingDirectory = Workspace.Folder, Variables = new Dictionary<string, string> { ["PATHS"] = string.Join('\n', paths) } };
        var (stored, _, _) = await pipe.StoreAsync(work.Build, work.Workspace, program, BuildBlobs.Cache(id), Type, (long)options.Value.MaxCacheMb << 20, work.Stop);
        if (stored is null)
            return null;
        await AddAsync(work.Build, id, key, stored.Length);
        return stored.Length;
    }

    private async Task<BuildCache?> FindAsync(Build build, string key)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (await db.BuildCaches.SingleOrDefaultAsync(cache => cache.ProjectId == build.ProjectId && cache.Key == key) is not { } found)
            return null;
        found.UsedAt = clock.GetUtcNow();
        await db.SaveChangesAsync();
        return found;
    }

    private async Task AddAsync(Build build, Guid id, string key, long bytes)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        var known = await db.BuildCaches.Where(cache => cache.ProjectId == build.ProjectId).OrderByDescending(cache => cache.UsedAt).ThenBy(cache => cache.Id).ToListAsync();
        var left = ((long)options.Value.MaxCacheMb << 20) - bytes;
        foreach (var cache in known)
        {
            if (cache.Key != key && (left -= cache.SizeBytes) >= 0)
                continue;
            await blobs.DeleteAsync(BuildBlobs.Cache(cache.Id), CancellationToken.None);
            db.Remove(cache);
        }

        await db.SaveChangesAsync();
        db.Add(new BuildCache { Id = id, OrganizationId = build.OrganizationId, ProjectId = build.ProjectId, Key = key, SizeBytes = bytes, CreatedAt = now, UsedAt = now });
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            await blobs.DeleteAsync(BuildBlobs.Cache(id), CancellationToken.None); // another build of the project was faster
        }
    }
}
