using Platform.Identity;
using Platform.Organizations;

namespace Platform.Tests.Identity;

public sealed class PermissionTests
{
    [Fact]
    public void Set_EveryName_IsFoundAloneAndInUnions()
    {
        foreach (var entry in PermissionRegistry.All)
        {
            var set = PermissionSet.Of(entry.Name);
            Assert.Equal([entry.Name], set.Names);
            Assert.True(set.Contains(entry.Name));
            Assert.Equal([entry.Name], PermissionSet.Of(Permissions.BuildsRead, entry.Name).Except(PermissionSet.Of(Permissions.BuildsRead)).Union(set).Names);
        }
    }

    [Fact]
    public void Set_Algebra_IsThatOfSets()
    {
        var (read, both) = (PermissionSet.Of(Permissions.BuildsRead), PermissionSet.Of(Permissions.BuildsRead, Permissions.ReconcileRun));
        Assert.True(both.Contains(read));
        Assert.False(read.Contains(both));
        Assert.Equal([Permissions.BuildsRead], both.Intersect(read).Names);
        Assert.Equal([Permissions.ReconcileRun], both.Except(read).Names);
        Assert.False(both.Contains("no:such"));
        Assert.Throws<ArgumentException>(() => PermissionSet.Of("no:such"));
        Assert.True(PermissionSet.None.IsEmpty);
    }

    [Theory]
    [InlineData("builds:*", Permissions.BuildsCancel, true)]
    [InlineData("builds:*", Permissions.FunctionsRead, false)]
    [InlineData("*:read", Permissions.AuditRead, true)]
    [InlineData("*:read", Permissions.AlertsManage, false)]
    [InlineData("*", Permissions.OrganizationsDelete, true)]
    [InlineData("*", Permissions.PlatformUsers, false)]
    public void Pattern_Wildcard_StandsForWhatItMatches(string pattern, string name, bool stands) => Assert.Equal(stands, PermissionPatterns.Expand(pattern).Contains(name));

    [Theory]
    [InlineData("platform:*")]
    [InlineData("platform:users")]
    [InlineData("*:users")]
    [InlineData("builds")]
    [InlineData("builds:")]
    [InlineData("*:*")]
    [InlineData("")]
    [InlineData("Builds:read")]
    public void Pattern_OutsideTheRegistry_IsUnknown(string pattern)
    {
        Assert.False(PermissionPatterns.IsKnown(pattern));
        Assert.True(PermissionPatterns.Expand(pattern).IsEmpty);
    }

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("*", "builds:*", true)]
    [InlineData("builds:*", "builds:read", true)]
    [InlineData("builds:*", "builds:*", true)]
    [InlineData("builds:*", "*", false)]
    [InlineData("builds:read", "builds:*", false)]
    [InlineData("*:read", "builds:read", true)]
    [InlineData("*:read", "builds:*", false)]
    [InlineData("builds:*", "*:read", false)]
    public void Pattern_Covers_OnlyWhatItStandsForAlways(string wider, string narrower, bool covers) => Assert.Equal(covers, PermissionPatterns.Covers(wider, narrower));

    [Fact]
    public void BuiltInRoles_HigherRank_HoldsAllOfTheLower()
    {
        var ranks = BuiltInRoles.All.Where(role => role.Membership is not null).ToList();
        foreach (var (higher, lower) in ranks.Zip(ranks.Skip(1)))
            Assert.True(higher.Permissions.Contains(lower.Permissions), $"{higher.Word} lacks {string.Join(", ", lower.Permissions.Except(higher.Permissions).Names)}");
        Assert.Equal(PermissionPatterns.Expand("*").Names, BuiltInRoles.For(OrganizationRole.Owner).Permissions.Names);
        Assert.Equal(BuiltInRoles.All.Count, BuiltInRoles.All.Select(role => role.Id).Distinct().Count());
        Assert.All(BuiltInRoles.All, role => Assert.Same(role, BuiltInRoles.Find(role.Id)));
    }
}
