using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Makes the first operator when there is none, from <c>Platform:AdminEmail</c> and <c>Platform:AdminPassword</c>; a generated password is printed once.</summary>
internal sealed class OperatorBootstrap(IServiceScopeFactory scopes, DatabaseReady ready, SigningKeyRing keys, IOptions<PlatformOptions> options, TimeProvider clock, ILogger<OperatorBootstrap> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!await TryAsync(stoppingToken))
            await Task.Delay(Pause, clock, stoppingToken);
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            await keys.LoadAsync();
            await EnsureOperatorAsync(ct);
            return true;
        }
        catch (DbException fault)
        {
            log.LogWarning(fault, "The operator account could not be looked up yet");
            return false;
        }
    }

    private async Task EnsureOperatorAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (await db.Users.AnyAsync(user => user.PlatformRole == PlatformRole.Admin, ct))
            return;

        var generated = options.Value.AdminPassword is null ? $"Aa1-{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15))}" : null;
        var account = new NewAccount(options.Value.AdminUsername, options.Value.AdminEmail, options.Value.AdminPassword ?? generated!, PlatformRole.Admin, EmailVerified: true);
        var made = await scope.ServiceProvider.GetRequiredService<AccountFactory>().CreateAsync(account, ct);
        if (!made.IsOk)
            log.LogWarning("The operator account was not made: {Code}", made.Error.Code);   // another process was first, or a user has the name
        else if (generated is not null)
            await Console.Out.WriteLineAsync($"Operator account: {account.Username} ({account.Email}), password {generated} (shown once; change it)");
    }
}
