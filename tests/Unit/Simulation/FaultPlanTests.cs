using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Xunit;

namespace Anyvisor.Unit.Tests.Simulation;

public sealed class FaultPlanTests
{
    [Theory]
    [InlineData("slow=2s", "slow", 1, 2000)]
    [InlineData("slow=250ms", "slow", 1, 250)]
    [InlineData("slow=0.1@1.5s", "slow", 0.1, 1500)]
    [InlineData("drop=0.01", "drop", 0.01, 0)]
    [InlineData("drop", "drop", 1, 0)]
    [InlineData("expire-session=1m", "expire-session", 1, 60_000)]
    public void A_word_gives_probability_and_duration(string word, string name, double probability, double milliseconds)
    {
        var fault = FaultPlan.Parse([word], ["slow", "drop", "expire-session"])[name];
        Assert.Equal(new Fault(name, probability, TimeSpan.FromMilliseconds(milliseconds)), fault);
    }

    [Theory]
    [InlineData("slwo=2s", "slow, drop")]
    [InlineData("slow=often", "slow=2s")]
    [InlineData("drop=1.5", "drop=0.01")]
    [InlineData("slow=2s@0.1", "slow=0.1@2s")]
    [InlineData("slow=-2s", "slow=2s")]
    public void A_word_without_sense_says_what_would_have_some(string word, string help)
    {
        var error = Assert.Throws<SimulationException>(() => FaultPlan.Parse([word], ["slow", "drop"]));
        Assert.Contains(help, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_rolls_the_same_faults_about_as_often_as_asked()
    {
        var plan = FaultPlan.Parse(["drop=0.25"], ["drop"]);
        var first = new FaultDice(plan, 7);
        var second = new FaultDice(plan, 7);
        var strikes = Enumerable.Range(0, 10_000).Select(_ => first.Roll("drop") is not null).ToArray();
        Assert.Equal(strikes, Enumerable.Range(0, 10_000).Select(_ => second.Roll("drop") is not null));
        Assert.InRange(strikes.Count(struck => struck), 2_300, 2_700);
        Assert.Null(first.Roll("slow"));
    }

    [Fact]
    public void A_spoilt_answer_is_never_the_answer()
    {
        var dice = new FaultDice(FaultPlan.None, 3);
        var answer = "<feed><entry/></feed>"u8.ToArray();
        for (var i = 0; i < 1_000; i++)
        {
            var spoilt = answer.ToArray();
            var length = dice.Spoil(spoilt);
            Assert.False(spoilt.AsSpan(0, length).SequenceEqual(answer));
        }
    }
}
