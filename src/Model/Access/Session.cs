namespace Anyvisor.Model;

/// <summary>Who a request is signed in as.</summary>
/// <param name="Name">The token's name.</param>
/// <param name="Role">What it may do.</param>
public sealed record Session(string Name, Role Role);

/// <summary>The key of a token, to sign a browser in.</summary>
public sealed record SignIn(string Token)
{
    // A record prints its properties: this one must not.
    public override string ToString() => "a sign-in";
}
