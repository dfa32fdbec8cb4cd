# Read by every interactive bash.
case $- in
  *i*) ;;
  *) return ;;
esac

if [ "$TERM" = dumb ] || [ -z "$TERM" ]; then
  PS1='\u@\h:\w\$ '
else
  PS1='\[\e[1m\]\u@\h:\w\$\[\e[0m\] '
  alias ls='ls --color=auto'
  alias grep='grep --color=auto'
  alias ip='ip -color=auto'
fi
alias ll='ls -l'
alias la='ls -A'
HISTCONTROL=ignoredups
shopt -s checkwinsize histappend
