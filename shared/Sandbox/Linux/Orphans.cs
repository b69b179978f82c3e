using System.Text;

namespace Platform.Sandbox.Linux;

/// <summary>Removes what an earlier platform process could not: it was killed, and with it went the bookkeeping. Another living platform's runs are left alone.</summary>
internal static class Orphans
{
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes(BubblewrapLaunch.OwnerVariable + "=");

    /// <summary>Number of things removed.</summary>
    public static int Remove(ControlGroups groups) => KillProcesses() + groups.RemoveOrphans() + WorkFolders.RemoveOrphans();

    private static int KillProcesses()
    {
        var killed = 0;
        foreach (var pid in ProcessTree.Processes())
        {
            if (Owner(pid) is { } owner && ProcessIdentity.IsAlive(owner) == false && Libc.kill(pid, Libc.SIGKILL) == 0)
                killed++;
        }
        return killed;
    }

    private static string? Owner(int pid)
    {
        if (KernelFile.ReadBytes($"/proc/{pid}/environ") is not { } environment)
            return null;
        var at = environment.AsSpan().IndexOf(Mark);
        if (at < 0)
            return null;
        var value = environment.AsSpan(at + Mark.Length);
        var end = value.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? value : value[..end]);
    }
}
