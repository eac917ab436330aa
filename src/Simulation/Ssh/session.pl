#!/usr/bin/perl
# The forced command of the simulator's sshd: hands a session's command and streams to the simulator over its socket.
# Frames both ways: a letter, four bytes of length (big-endian), the bytes.
# Each command of a client starts one: no module is loaded, which would take ten times as long as what is done here.
use strict;

# What was typed may come after the end: then nobody wants it.
$SIG{PIPE} = 'IGNORE';

# AF_UNIX and SOCK_STREAM are 1 on Linux, where the address is the family and the path.
my ($unix, $stream) = (1, 1);
my $address = pack('S a108', $unix, $ARGV[0]);
if ($^O ne 'linux') {
    require Socket;
    ($unix, $stream, $address) = (Socket::AF_UNIX(), Socket::SOCK_STREAM(), Socket::pack_sockaddr_un($ARGV[0]));
}
socket(my $socket, $unix, $stream, 0) or exit 254;
connect($socket, $address) or exit 254;

sub frame {
    my ($kind, $bytes) = @_;
    my $rest = $kind . pack('N', length $bytes) . $bytes;
    while (length $rest) {
        my $written = syswrite($socket, $rest);
        return unless $written;
        substr($rest, 0, $written, '');
    }
}

sub all {
    my ($handle, $rest) = @_;
    while (length $rest) {
        my $written = syswrite($handle, $rest);
        exit 254 unless $written;
        substr($rest, 0, $written, '');
    }
}

my $terminal = -t STDIN ? 1 : 0;
system('stty', 'raw', '-echo') if $terminal;
frame('P', (split / /, $ENV{SSH_CONNECTION})[3]);
frame('T', $terminal);
frame('C', defined $ENV{SSH_ORIGINAL_COMMAND} ? $ENV{SSH_ORIGINAL_COMMAND} : '');

my $both = '';
vec($both, $_, 1) = 1 for fileno(STDIN), fileno($socket);
my $said = '';
while (1) {
    next if select(my $ready = $both, undef, undef, undef) < 0;
    if (vec($ready, fileno(STDIN), 1)) {
        my $read = sysread(STDIN, my $bytes, 65536);
        if ($read) { frame('I', $bytes) } else { frame('E', ''); vec($both, fileno(STDIN), 1) = 0 }
    }
    if (vec($ready, fileno($socket), 1)) {
        my $read = sysread($socket, $said, 1 << 20, length $said);
        exit 254 unless $read;
        while (length $said >= 5) {
            my $length = unpack('N', substr($said, 1, 4));
            last if length $said < 5 + $length;
            my $kind = substr($said, 0, 1);
            my $bytes = substr($said, 5, $length);
            substr($said, 0, 5 + $length, '');
            if ($kind eq 'O') { all(\*STDOUT, $bytes) }
            elsif ($kind eq 'R') { all(\*STDERR, $bytes) }
            elsif ($kind eq 'X') { exit $bytes }
            # The line is cut: the session's sshd is our parent.
            elsif ($kind eq 'K') { kill 'KILL', getppid() if getppid() > 1; exit 254 }
        }
    }
}
