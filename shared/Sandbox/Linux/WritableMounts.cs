using System.IO.Enumeration;

namespace Platform.Sandbox.Linux;

/// <summary>A writable folder belongs to the sandbox's user during the run, when that is not the platform's own.</summary>
internal static class WritableMounts
{
    public static void HandOver(SandboxRun run, uint? user)
    {
        if (user is not { } owner)
            return;
        foreach (var mount in run.Mounts.Where(mount => mount.Writable))
        {
            _ = Libc.lchown(mount.HostPath, owner, owner);
            if (!Directory.Exists(mount.HostPath))
                continue;
            foreach (var path in Below(mount.HostPath))
                _ = Libc.lchown(path, owner, owner);
        }
    }

    // An earlier run may have left links: neither the walk nor lchown follows them.
    private static FileSystemEnumerable<string> Below(string folder) =>
        new(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
}
